/** A cause in words, leading to its page. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Cause } from '../../causes/cause.ts'
import { linkTo } from '../route.ts'

export function causeOf(id: string): Cause | null {
  return Object.hasOwn(CAUSES, id) ? CAUSES[id as CauseId] : null
}

export function titleOf(id: string): string {
  return causeOf(id)?.title ?? id
}

export function CauseName({ id }: { readonly id: string }) {
  return (
    <a href={linkTo('causes', id)} title={causeOf(id)?.meaning}>
      {titleOf(id)}
    </a>
  )
}
