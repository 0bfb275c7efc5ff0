/** The operator's own error page: HTML in which `{{name}}` stands for a value. The values are escaped, the page is trusted. */
import { escapeHtml } from './escape.ts'

export type OwnPageValues = {
  readonly status: string
  readonly title: string
  readonly message: string
  readonly request_id: string
  /** '' where causes are kept back. */
  readonly cause: string
  /** Seconds, or '' where trying again makes no sense. */
  readonly retry_after: string
}

const PLACEHOLDER = /\{\{ ?([a-z_]+) ?\}\}/g

/** What is no placeholder of ours stays as it is: it may be one of the page's own scripts. */
export function fillOwnPage(page: string, values: OwnPageValues): string {
  return page.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? escapeHtml(values[name as keyof OwnPageValues]) : whole,
  )
}
