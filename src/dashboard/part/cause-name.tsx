/** A cause in words, leading to its page. */
import { causeOf, titleOf } from '../cause.ts'
import { linkTo } from '../route.ts'

export function CauseName({ id }: { readonly id: string }) {
  return (
    <a href={linkTo('causes', id)} title={causeOf(id)?.meaning}>
      {titleOf(id)}
    </a>
  )
}
