/** The Accept fields that programs really send, and the form of answer that serves each. */
import { describe, expect, it } from 'vitest'
import { chooseFormat, type Format } from '../../src/gateway/respond/format.ts'
import { BROWSER_ACCEPT, request } from './request.ts'

const ACCEPTS: [string, string, Format][] = [
  ['a browser', BROWSER_ACCEPT, 'html'],
  ['curl', '*/*', 'text'],
  ['a client that says nothing', '', 'text'],
  ['an API client', 'application/json', 'problem'],
  ['one that asks for problems', 'application/problem+json', 'problem'],
  ['one with a media type of its own', 'application/vnd.api+json', 'problem'],
  ['axios', 'application/json, text/plain, */*', 'problem'],
  ['jQuery', 'application/json, text/javascript, */*; q=0.01', 'problem'],
  ['HTTPie', 'application/json, */*;q=0.5', 'problem'],
  ['one that wants plain text', 'text/plain', 'text'],
  ['one that wants any text', 'text/*', 'html'],
  ['an image', 'image/avif,image/webp,image/*,*/*;q=0.8', 'text'],
  ['one that wants what there is not', 'image/png', 'text'],
  ['one that refuses HTML', 'text/html;q=0, application/json;q=0.1', 'problem'],
  ['one that prefers HTML', 'application/json;q=0.5, text/html', 'html'],
  ['one that prefers JSON', 'text/html;q=0.5, application/json', 'problem'],
  ['one that refuses everything', '*/*;q=0', 'text'],
  ['a type that merely ends alike', 'application/notjson', 'text'],
]

describe('the format of an answer', () => {
  it.each(ACCEPTS)('for %s (%s) is %s', (_, accept, format) => {
    expect(chooseFormat(request({ accept }))).toBe(format)
  })

  it('is a problem for scripts that accept anything', () => {
    const scripted = (fieldText: string) => chooseFormat(request({ accept: '*/*', fieldText }))
    expect(scripted('Sec-Fetch-Dest: empty\r\n')).toBe('problem')
    expect(scripted('x-requested-with: XMLHttpRequest\r\n')).toBe('problem')
    expect(scripted('Sec-Fetch-Dest: image\r\n')).toBe('text')
    expect(scripted('Sec-Fetch-Dest: document\r\n')).toBe('html')
    expect(scripted('Sec-Fetch-Mode: empty\r\n')).toBe('text')
  })

  it('is a problem for those who send JSON and say nothing else', () => {
    expect(chooseFormat(request({ accept: '*/*', contentType: 'application/json; charset=utf-8' }))).toBe('problem')
    expect(chooseFormat(request({ accept: '*/*', contentType: 'application/ld+json' }))).toBe('problem')
    expect(chooseFormat(request({ accept: '*/*', contentType: 'application/jsonp' }))).toBe('text')
  })

  it('is gRPC by the type of what was sent, whatever is accepted', () => {
    for (const contentType of ['application/grpc', 'Application/gRPC+proto', 'application/grpc-web', 'application/grpc;x=1'])
      expect(chooseFormat(request({ accept: BROWSER_ACCEPT, contentType }))).toBe('grpc')
    expect(chooseFormat(request({ accept: '*/*', contentType: 'application/grpcx' }))).toBe('text')
  })
})
