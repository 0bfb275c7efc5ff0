/** Builds `dist/`, what the npm package runs: Node strips no types under node_modules. Run by `npm run build`, and by `npm pack` first. */
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

rmSync('dist', { recursive: true, force: true })
run('tsc', '--project', 'tsconfig.build.json')
// What browsers run is not compiled file by file.
run('vite', 'build', '--config', 'src/dashboard/vite.config.ts')

for (const entry of globSync('src/**', { withFileTypes: true, exclude: ['src/dashboard'] })) {
  if (!entry.isFile() || entry.name.endsWith('.ts')) continue
  const path = join(entry.parentPath, entry.name)
  cpSync(path, path.replace(/^src/, 'dist'))
}

// The compiler rewrites imports only; a name put together otherwise would be missing in the package.
const leftovers = globSync('dist/**/*.js').filter((path) => /(['"`])\.{1,2}\/[^'"`\n]*\.ts\1/.test(readFileSync(path, 'utf8')))
if (leftovers.length > 0) {
  console.error(`These name a .ts file, which the package does not have: ${leftovers.join(', ')}. Use an import, or take the ending`)
  console.error('from import.meta.filename.')
  process.exit(1)
}

function run(name: string, ...words: string[]): void {
  const { status } = spawnSync(join('node_modules', '.bin', name), words, { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
