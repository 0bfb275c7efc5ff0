/** Where the page begins. */
import { render } from 'preact'
import './style/base.css'
import './style/layout.css'
import './style/list.css'
import './style/part.css'
import './style/map.css'
import './style/view.css'
import './style/tool.css'
import { App } from './app.tsx'
import { start } from './live.ts'
import { follow } from './route.ts'

follow()
start()
render(<App />, document.body)
