/** There is no such view. */
import { linkTo } from '../route.ts'

export function Lost() {
  return (
    <>
      <h1>There is nothing here</h1>
      <p>
        The link may be old. <a href={linkTo('')}>To the overview</a>
      </p>
    </>
  )
}
