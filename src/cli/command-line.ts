/** All commands, their options and their help. What a command does is loaded only when it is called, so that each starts quickly. */
import { Argument, Command, CommanderError } from 'commander'
import {
  adminOption,
  dataOption,
  forOption,
  jsonOption,
  listenOption,
  quietOption,
  type RunOptions,
  resolverOption,
  retryAfterOption,
  serverOption,
  waitOption,
  withGateway,
  workersOption,
} from './option.ts'
import type { Terminal } from './terminal.ts'
import { readVersion } from './version.ts'

const WRONG_USAGE = 2

/** The exit code: 0 fine, 1 a problem was found, 2 wrong usage. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0
  const program = createProgram(terminal, async (run) => {
    code = await run()
  })
  try {
    await program.parseAsync(words, { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const file = words.find((word) => /\.ya?ml$/i.test(word))
    if (error.code === 'commander.excessArguments' && file !== undefined)
      terminal.say(`Name the file with -c: gatewell ${words[0]} -c ${file}`)
    return error.exitCode === 0 ? 0 : WRONG_USAGE
  }
}

type Do = (run: () => number | Promise<number>) => Promise<void>

function createProgram(terminal: Terminal, act: Do): Command {
  const program = new Command('gatewell')
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'gatewell: ').replace(/\n\((Did you mean .*\?)\)/, '. $1')),
    })
    .showHelpAfterError('`gatewell --help` lists commands and options.')
    .helpCommand(false)
    .version(readVersion(), '--version', 'the version')
    .helpOption('-h, --help', 'this help')
    .usage('TARGET… [options]\n       gatewell COMMAND [options]')
    .addHelpText('after', EXAMPLES)
    .enablePositionalOptions()
    .hook('preSubcommand', (_, command) => {
      const [option] = Object.keys(program.opts())
      if (option !== undefined) program.error(`gatewell: options go after the command: gatewell ${command.name()} --${option} …`)
    })
  addTargets(program, terminal, act)
  addRun(program, terminal, act)
  addCheck(program, terminal, act)
  addDoctor(program, terminal, act)
  addLogs(program, terminal, act)
  addLint(program, terminal, act)
  addWhy(program, terminal, act)
  addRehearse(program, terminal, act)
  addIncidents(program, terminal, act)
  addAlerts(program, terminal, act)
  addStatus(program, terminal, act)
  addReload(program, terminal, act)
  addUpgrade(program, terminal, act)
  addDrain(program, terminal, act)
  addPause(program, terminal, act)
  addMaintenance(program, terminal, act)
  addMcp(program, terminal, act)
  addDemo(program, terminal, act)
  return program
}

const FIRST_STEPS = `Gatewell is an HTTP gateway that keeps 502, 503 and 504 away from visitors, and says why when one happens.

  gatewell demo    see it work in a minute: two small servers, visitors, and switches for what can go wrong
  gatewell 3000    put it in front of the app on port 3000; it listens on http://127.0.0.1:8080
  gatewell run     run ./gatewell.yaml; \`gatewell check\` says what is wrong with it

\`gatewell --help\` lists everything.`

const EXAMPLES = `
Examples:
  gatewell 3000 3001 --listen :80     balance two apps, and listen on port 80 of every interface
  gatewell run -c /etc/gatewell.yaml  run a configuration; SIGHUP reads it again, SIGTERM finishes and ends
  gatewell check --schema             for your editor
  gatewell why 502                    the causes of a 502

Exit codes: 0 fine, 1 a problem was found, 2 wrong usage.`

function addTargets(program: Command, terminal: Terminal, act: Do): void {
  program
    .argument(
      '[target...]',
      'what to put the gateway in front of: a port (3000), host:port, http://host:port or unix:/path; several are balanced',
    )
    .addOption(listenOption())
    .addOption(adminOption())
    .addOption(workersOption())
    .addOption(dataOption())
    .addOption(quietOption())
    .action((targets: readonly string[], options: RunOptions) =>
      act(async () => {
        if (targets.length === 0) {
          if (Object.keys(options).length > 0) program.error('gatewell: no target is named, for example: gatewell 3000')
          terminal.print(FIRST_STEPS)
          return 0
        }
        const { runTargets } = await import('./target-command.ts')
        return runTargets(
          targets,
          options,
          program.commands.map((command) => command.name()),
          terminal,
        )
      }),
    )
}

function addRun(program: Command, terminal: Terminal, act: Do): void {
  program
    .command('run')
    .description('run gatewell.yaml')
    .option('-c, --config <file>', 'the configuration', 'gatewell.yaml')
    .addOption(listenOption())
    .addOption(adminOption())
    .addOption(workersOption())
    .addOption(dataOption())
    .addOption(quietOption())
    .action((options) => act(async () => (await import('./run-command.ts')).runFile(options, terminal)))
}

function addCheck(program: Command, terminal: Terminal, act: Do): void {
  program
    .command('check')
    .description('say what is wrong with gatewell.yaml, and on which line')
    .option('-c, --config <file>', 'the configuration', 'gatewell.yaml')
    .option('--schema', 'print the JSON Schema that editors check and complete by')
    .addOption(jsonOption())
    .addOption(quietOption())
    .action((options) => act(async () => (await import('./check-command.ts')).check(options, terminal)))
}

function addDoctor(program: Command, terminal: Terminal, act: Do): void {
  program
    .command('doctor')
    .argument(
      '<url>',
      'any site, whoever runs it: shop.example.com, https://shop.example.com/cart, wss://…, fastcgi://127.0.0.1:9000/var/www/html',
    )
    .description('say where the way to a site is broken, which hop said 502, and what to do; exit 1 where something is wrong')
    .option('--origin <host[:port]>', 'the server behind the CDN or proxy, to be asked directly as well')
    .addOption(resolverOption())
    .addOption(jsonOption())
    .addHelpText('after', DOCTOR_HELP)
    .action((url, options) => act(async () => (await import('./doctor-command.ts')).seeDoctor(url, options, terminal)))
}

const DOCTOR_HELP = `
It looks at the name, the addresses, the certificate and the page, then asks for the page twenty times in
all. It sends nothing but a few GET requests without a body, and is done within half a minute.
Public names are looked up at 1.1.1.1 and 8.8.8.8 as well, unless --resolver says whom to ask.

  gatewell doctor https://shop.example.com --origin 203.0.113.7    is it the CDN, or the server behind it?`

function addLogs(program: Command, terminal: Terminal, act: Do): void {
  program
    .command('logs')
    .argument('[file...]', 'access and error logs of one site, together; plain, gzip or zstd; without one, or for -, standard input')
    .description('say why requests failed, from the logs of nginx, Apache, HAProxy, Caddy, PHP-FPM and others; exit 1 where some did')
    .option('--format <name>', 'of the logs, for example nginx-error; by default it is found out', 'auto')
    .option('--since <when>', 'only what is later: 2h, 2026-11-20, 2026-11-20T10:00, 10:00')
    .option('--html <report>', 'write a report with charts to this file')
    .option('--follow', 'go on while the logs grow, and tell of each failure')
    .addOption(jsonOption())
    .addHelpText('after', LOGS_HELP)
    .action((files, options) => act(async () => (await import('./logs-command.ts')).readLogFiles(files, options, terminal)))
}

const LOGS_HELP = `
Give the access log, the error log and the log of the app behind it together: an error log tells why
a line of the access log is a 502, and PHP-FPM why nginx waited in vain.

  gatewell logs /var/log/nginx/*.log* /var/log/php*-fpm.log
  journalctl -u haproxy --since today | gatewell logs
  gatewell logs access.log.gz --since 2h --html report.html`

function addLint(program: Command, terminal: Terminal, act: Do): void {
  program
    .command('lint')
    .argument('<file...>', 'configurations of servers one behind the other, or folders of them, such as /etc/nginx')
    .description(
      'say what leads to errors in configurations of nginx, Apache, HAProxy, Caddy, PHP-FPM, gunicorn; exit 1 where something does',
    )
    .option('--notes', 'defaults and habits that have their day as well')
    .addOption(serverOption())
    .option('--memory <size>', 'of the machine that runs PHP-FPM, for example 4GiB; for files in /etc it is this one')
    .option('--behind <name>', 'the load balancer in front: alb, gcp, cloudflare, envoy or traefik')
    .addOption(jsonOption())
    .addHelpText('after', LINT_HELP)
    .action((files, options) => act(async () => (await import('./lint-command.ts')).lintFiles(files, options, terminal)))
}

const LINT_HELP = `
Give what stands one behind the other together: most mismatches are between two
servers. Files that these include are read as well.

  gatewell lint /etc/nginx /etc/php/8.2/fpm
  gatewell lint haproxy.cfg nginx.conf gunicorn.conf.py --behind cloudflare`

function addWhy(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('why'))
    .argument('[what]', "a request's id from an error page, an incident, a cause such as connect-refused, or a status such as 502")
    .description('explain what went wrong and what to do about it: one request, an incident, or a cause')
    .addOption(jsonOption())
    .addHelpText('after', WHY_HELP)
    .action((what, options) => act(async () => (await import('./why-command.ts')).explainWhy(what, options, terminal)))
}

const WHY_HELP = `
Requests and incidents are asked of the running gateway; causes are explained without one.
A request that failed can be looked up by the id on its error page, in X-Request-Id and in the log.`

function addRehearse(program: Command, terminal: Terminal, act: Do): void {
  program
    .command('rehearse')
    .argument('[cause...]', 'causes such as connect-refused; all of them, one after another, if none is given')
    .description('bring causes about on a gateway that is thrown away afterwards, and see that each is named and diagnosed')
    .addOption(jsonOption())
    .addHelpText('after', REHEARSE_HELP)
    .action((causes, options) => act(async () => (await import('./rehearse-command.ts')).rehearseCauses(causes, options, terminal)))
}

const REHEARSE_HELP = `
The faults are real: servers, name servers and clients that misbehave, on loopback. No running gateway is touched.
Some causes take Linux, and root or user namespaces; where these are missing, they are left out, and said to be.`

function addIncidents(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('incidents'))
    .description('what went wrong: incidents that are open, and those that ended within a day; exit 1 while one is open')
    .option('--all', 'all that are kept')
    .addOption(jsonOption())
    .action((options) => act(async () => (await import('./incidents-command.ts')).listIncidents(options, terminal)))
}

function addAlerts(program: Command, terminal: Terminal, act: Do): void {
  const alerts = withGateway(program.command('alerts'))
    .description('who is told of incidents, and whether that works; exit 1 where it does not')
    .addOption(jsonOption())
    .action((options) => act(async () => (await import('./alerts-command.ts')).showAlerts(options, terminal)))
  withGateway(alerts.command('test'))
    .argument('[channel]', 'its name; without it: all of them')
    .description('send a test message, and say what came back; exit 1 where one did not arrive')
    .addOption(jsonOption())
    .action((channel, options) => act(async () => (await import('./alerts-command.ts')).testAlerts(channel, options, terminal)))
}

function addStatus(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('status'))
    .description('how a running gateway is: its workers, its endpoints, and what the last probes of each saw')
    .addOption(jsonOption())
    .action((options) => act(async () => (await import('./status-command.ts')).showStatus(options, terminal)))
}

function addReload(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('reload'))
    .description('have a running gateway read its configuration anew, and say what is different; a bad one changes nothing')
    .addOption(jsonOption())
    .action((options) => act(async () => (await import('./reload-command.ts')).reload(options, terminal)))
}

function addUpgrade(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('upgrade'))
    .description('put the program as it is on disk now in the place of the running one, without a gap; a broken one changes nothing')
    .addOption(jsonOption())
    .action((options) => act(async () => (await import('./upgrade-command.ts')).upgrade(options, terminal)))
}

function addDrain(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('drain'))
    .argument('[endpoint]', 'as `gatewell status` shows it: http://10.0.0.1:3000, 10.0.0.1:3000 or 3000')
    .description('give an endpoint no more requests, and let those under way finish')
    .option('--upstream <name>', 'only in this upstream')
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', DRAIN_HELP)
    .action((endpoint, options) => act(async () => (await import('./drain-command.ts')).drain(endpoint, options, terminal)))
}

const DRAIN_HELP = `
Without an endpoint it is the whole gateway: /readyz fails, so that the load balancer in front sends
its visitors elsewhere, and the gateway serves on until it is stopped (SIGTERM finishes what is in
flight) or started anew. \`gatewell resume\` takes it back.
A drained endpoint stays drained over restarts, until \`gatewell resume ENDPOINT\`.`

function addPause(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('pause'))
    .argument('<upstream>')
    .description('let the requests to an upstream wait, for the seconds that a deploy or a migration takes')
    .addOption(jsonOption())
    .addHelpText('after', PAUSE_HELP)
    .action((upstream, options) => act(async () => (await import('./pause-command.ts')).pause(upstream, options, terminal)))
  withGateway(program.command('resume'))
    .argument('[what]', 'an upstream that is paused or an endpoint that is drained; without it: the drained gateway')
    .description('take back a pause or a drain')
    .option('--upstream <name>', 'for an endpoint: only in this upstream')
    .addOption(jsonOption())
    .action((what, options) => act(async () => (await import('./pause-command.ts')).resume(what, options, terminal)))
}

const PAUSE_HELP = `
What waited too long is answered with 503: GET after 10 s and others after 5 s, unless the upstream's \`hold\` says otherwise.
It stays paused over restarts, until \`gatewell resume UPSTREAM\`.`

function addMaintenance(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('maintenance'))
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .description('answer visitors with a maintenance page: 503, Retry-After, in their language')
    .option('--upstream <name>', 'only what leads to this upstream')
    .option('--route <name>', 'only this route, such as "shop.example.com/api/*"')
    .option('--message <text>', 'your own words for visitors, below the title')
    .option('--allow <addr...>', 'clients that are served all the same: 203.0.113.7, 10.0.0.0/8')
    .addOption(retryAfterOption())
    .addOption(jsonOption())
    .addHelpText('after', MAINTENANCE_HELP)
    .action((state, options) => act(async () => (await import('./maintenance-command.ts')).maintain(state, options, terminal)))
}

const MAINTENANCE_HELP = `
Without --upstream and --route it is everything that leads to an upstream; redirects and fixed
answers go on. \`off\` without them ends all maintenance. It stays on over restarts. The admin
address is not touched.

  gatewell maintenance on --message "We are moving. Back at 9:00 UTC." --allow 203.0.113.7 --retry-after 30m`

function addMcp(program: Command, terminal: Terminal, act: Do): void {
  withGateway(program.command('mcp'))
    .description('answer an AI assistant on standard input and output (Model Context Protocol): status, incidents, why')
    .option('--allow-changes', 'let it change what operators can change, too')
    .option('--files <folder...>', 'folders of which it may have logs and configurations read, for example /var/log /etc/nginx')
    .addHelpText('after', MCP_HELP)
    .action((options) => act(async () => (await import('./mcp-command.ts')).serveAssistant(options, terminal)))
}

const MCP_HELP = `
Without --allow-changes it only looks. What needs no gateway works where none runs.
A running gateway also answers at http://127.0.0.1:8502/mcp; its \`admin.mcp\` says what is allowed there.

  {"mcpServers": {"gatewell": {"command": "gatewell", "args": ["mcp", "--files", "/var/log"]}}}`

function addDemo(program: Command, terminal: Terminal, act: Do): void {
  program
    .command('demo')
    .description('see it work in a minute: two small servers, visitors, and a switch for each fault')
    .addOption(listenOption())
    .addOption(adminOption())
    .addOption(forOption())
    .action((options) => act(async () => (await import('./demo/demo.ts')).runDemo(options, terminal)))
}
