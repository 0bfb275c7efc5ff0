/** Pipelines that serve nobody just now. Ten thousand idle connections have none; the few that are busy share the warmest. */
import type { Context } from './context.ts'
import { type Client, Pipeline } from './pipeline.ts'

const SPARE_MAX = 1_024

export class PipelineStock {
  readonly #spare: Pipeline[] = []
  #context: Context | null = null

  /** The context holds the stock, so the stock learns of it second. */
  open(context: Context): void {
    this.#context = context
  }

  take(client: Client): Pipeline {
    const pipeline = this.#spare.pop()
    if (pipeline === undefined) return new Pipeline(this.#context as Context, client)
    pipeline.bind(client)
    return pipeline
  }

  /** Its exchange is over. */
  give(pipeline: Pipeline): void {
    if (this.#spare.length < SPARE_MAX) this.#spare.push(pipeline)
  }
}
