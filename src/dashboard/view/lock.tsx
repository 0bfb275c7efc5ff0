/** Asks for the admin token. It is kept for this tab, until that is closed. */
import { hasTried, unlock } from '../api.ts'

export function Lock() {
  const isWrong = hasTried()
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const token = String(new FormData(event.currentTarget as HTMLFormElement).get('token')).trim()
    if (token !== '') unlock(token)
  }
  return (
    <form class="card lock" onSubmit={submit}>
      <h1>Who asks?</h1>
      <p>
        This address is not this machine's alone, so it wants the token of <code>admin.token</code>.
      </p>
      {isWrong && (
        <p class="refusal" role="alert">
          That is not it.
        </p>
      )}
      <label for="token">Admin token</label>
      <input id="token" name="token" type="password" autocomplete="current-password" required />
      <button type="submit" class="main">
        Open
      </button>
    </form>
  )
}
