/** Where the page begins. */
import { signal } from '@preact/signals'
import { render } from 'preact'

const count = signal(0)
render(<h1>Hello {count}</h1>, document.body)
