/** A place to drop files on, or to choose them: their texts, unpacked where they are compressed. */
import { useState } from 'preact/hooks'
import { sizeText } from '../../std/quantity-text.ts'

export type TextFile = { readonly path: string; readonly text: string }

/** The gateway takes eight MiB as JSON. */
const BYTES_MAX = 7 * 1024 * 1024

type FileDropProps = {
  readonly label: string
  readonly onFiles: (files: readonly TextFile[]) => void
  /** Why they were not taken. */
  readonly onRefusal: (reason: string) => void
}

export function FileDrop({ label, onFiles, onRefusal }: FileDropProps) {
  const [isOver, setOver] = useState(false)
  const take = async (list: FileList | null | undefined): Promise<void> => {
    const files = [...(list ?? [])]
    if (files.length === 0) return
    try {
      const texts = await Promise.all(files.map(async (file) => ({ path: file.name, text: await textOf(file) })))
      const bytes = texts.reduce((sum, { text }) => sum + text.length, 0)
      if (bytes > BYTES_MAX)
        return onRefusal(`${sizeText(bytes)} are too many here, ${sizeText(BYTES_MAX)} at most. In a terminal there is no limit.`)
      onFiles(texts)
    } catch (error) {
      onRefusal(`It could not be read: ${(error as Error).message}`)
    }
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer?.files)
  }
  const drag = (isIn: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(isIn)
  }
  return (
    <label class={`drop ${isOver ? 'over' : ''}`} onDrop={drop} onDragOver={drag(true)} onDragLeave={drag(false)}>
      <strong>{label}</strong>
      <small>Drop files here, or choose them. They go to your gateway and nowhere else.</small>
      <input type="file" multiple onChange={(event) => void take(event.currentTarget.files)} />
    </label>
  )
}

async function textOf(file: File): Promise<string> {
  if (!file.name.endsWith('.gz')) return file.text()
  return new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).text()
}
