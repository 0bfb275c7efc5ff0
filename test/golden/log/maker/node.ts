/** Node, as it prints its last words. */
import { byHand } from './by-hand.ts'

export const TROUPE = byHand('node', 'Copied from what Node 24 printed.', {
  node: [
    ['worker-crashed', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    [null, '----- Native stack trace -----'],
    ['worker-crashed', 'FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory'],
    ['connect-refused', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000'],
    [null, '    at Server.setupListenHandle [as _listen2] (node:net:2328:16)'],
    [null, "Emitted 'error' event on Server instance at:"],
    [null, '    at emitErrorNT (node:net:2416:8) {'],
    [null, "  code: 'EADDRINUSE',"],
    [null, '}'],
    [null, ''],
    [null, 'Node.js v24.21.0'],
    [null, 'TypeError: x is not a function'],
    ['worker-crashed', 'Node.js v24.21.0'],
    [null, 'Server listening on port 3000'],
  ],
})
