/** The HTML of the error page and of the operator's own one, as text. How it looks and works is in page-in-browser.test.ts. */
import { describe, expect, it } from 'vitest'
import { CAUSE_IDS, type CauseId } from '../../src/causes/catalogue.ts'
import type { Replay } from '../../src/causes/failure.ts'
import { type AnswerContext, answerFailure } from '../../src/gateway/respond/failure-answer.ts'
import { WORDINGS } from '../../src/gateway/respond/language.ts'
import { ENGLISH } from '../../src/gateway/respond/wording/en.ts'
import { browserRequest, CONTEXT, failed, fieldsOf } from './request.ts'

function page(cause: CauseId, context: Partial<AnswerContext> = {}, method = 'GET', replay: Replay = 'if-idempotent'): string {
  return answerFailure(browserRequest({ method }), failed(cause, replay), { ...CONTEXT, ...context }).body.toString('utf8')
}

describe('the error page', () => {
  it('is small and asks for nothing, in every language and for every cause', () => {
    for (const acceptLanguage of WORDINGS.keys()) {
      for (const cause of CAUSE_IDS) {
        const { body } = answerFailure(browserRequest({ acceptLanguage }), failed(cause), CONTEXT)
        expect(body.length).toBeLessThan(8_000)
        expect(body.toString()).not.toMatch(/<script|<img|<iframe|@import|url\(|https?:|src=/)
      }
    }
  })

  it('says its language in the page and in the fields', () => {
    const answer = answerFailure(browserRequest({ acceptLanguage: 'zh-CN,zh;q=0.9' }), failed('connect-refused'), CONTEXT)
    expect(fieldsOf(answer).get('content-language')).toBe('zh-Hans')
    expect(answer.body.toString()).toContain('<html lang="zh-Hans">')
    expect(answer.body.toString()).toContain('暂时无法访问此网站')
  })

  it('shows the request id and the time, to be copied', () => {
    expect(page('connect-refused')).toContain('<code>r-42</code>')
    expect(page('connect-refused')).toContain('<time datetime="2026-11-21T14:03:22.000Z">2026-11-21 14:03:22 UTC</time>')
  })

  it('leads to the status page where there is one, on the same port, and only where the site is at fault', () => {
    const statusHost = 'status.example.com'
    const shown = (cause: CauseId, host: string): string =>
      answerFailure(browserRequest({ host }), failed(cause), { ...CONTEXT, statusHost }).body.toString()
    expect(shown('connect-refused', 'shop.example.com')).toContain('<a href="//status.example.com/">See the status page</a>')
    expect(shown('connect-refused', 'shop.example.com:8080')).toContain('<a href="//status.example.com:8080/">')
    expect(shown('connect-refused', 'x:"><b>')).toContain('<a href="//status.example.com/">')
    expect(shown('route-not-found', 'shop.example.com')).not.toContain('status.example.com')
    expect(page('connect-refused')).not.toContain('See the status page')
  })

  it('escapes the only thing in it that came from outside', () => {
    const html = page('connect-refused', { id: `"><script>alert('&')</script>` })
    expect(html).toContain('<code>&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</code>')
    expect(html).not.toContain('<script')
  })

  it('repeats nothing that the client sent', () => {
    const secret = 'c4nary'
    const head = browserRequest({
      target: `/${secret}`,
      path: `/${secret}`,
      host: secret,
      referer: secret,
      userAgent: secret,
      acceptLanguage: `${secret}, de`,
      contentType: secret,
      fieldText: `Cookie: ${secret}\r\n`,
    })
    const answer = answerFailure(head, failed('connect-refused'), CONTEXT)
    expect([...answer.fields, answer.body.toString()].join('\n')).not.toContain(secret)
  })

  it('loads itself again after reading, never after sending', () => {
    for (const method of ['GET', 'HEAD'])
      expect(page('connect-refused', { retryAfterS: 7 }, method)).toContain('<meta http-equiv="refresh" content="7">')
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      expect(page('connect-refused', {}, method)).not.toContain('http-equiv')
  })

  it('does not load itself again where that cannot help', () => {
    for (const cause of ['route-not-found', 'gateway-config', 'request-header-too-large', 'request-malformed'] as const)
      expect(page(cause, { retryAfterS: 7 })).not.toContain('http-equiv')
  })

  it('warns whoever sent something that may have been processed, and only them', () => {
    expect(page('response-timeout', {}, 'POST')).toContain(ENGLISH.mayRepeat)
    expect(page('response-timeout', {}, 'PATCH', 'never')).toContain(ENGLISH.mayRepeat)
    expect(page('connect-refused', {}, 'POST', 'safe')).toContain(ENGLISH.notDone)
    expect(page('connect-refused', {}, 'POST', 'safe')).not.toContain(ENGLISH.mayRepeat)
    const unsent = answerFailure(browserRequest({ method: 'POST' }), failed('no-endpoints', 'never', 'pick'), CONTEXT)
    expect(unsent.body.toString()).toContain(ENGLISH.notDone)
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(page('response-timeout', {}, method)).not.toContain(ENGLISH.mayRepeat)
      expect(page('connect-refused', {}, method, 'safe')).not.toContain(ENGLISH.notDone)
    }
  })

  it('says that it is not the visitor’s fault exactly when it is not', () => {
    expect(page('connect-refused')).toContain(ENGLISH.innocent)
    expect(page('request-header-too-large')).not.toContain(ENGLISH.innocent)
  })

  it('may be shown only with its own style and an empty icon', () => {
    const answer = answerFailure(browserRequest(), failed('connect-refused'), CONTEXT)
    expect(fieldsOf(answer).get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
    )
  })
})

describe('an own page', () => {
  const own = '<h1>{{status}} {{ title }}</h1>{{message}} {{request_id}} {{cause}} {{retry_after}} {{other}} {{constructor}}'

  it('gets the values in place of the names, and keeps what it does not know', () => {
    const { title, message } = ENGLISH.situations.unreachable
    expect(page('connect-refused', { page: own, retryAfterS: 7 })).toBe(
      `<h1>502 ${title}</h1>${message} r-42 connect-refused 7 {{other}} {{constructor}}`,
    )
  })

  it('gets them escaped, and empty where there is nothing to say', () => {
    const html = page('route-not-found', { page: '{{request_id}}|{{cause}}|{{retry_after}}|', id: '<b>&', isDetailed: false })
    expect(html).toBe('&lt;b&gt;&amp;|||')
  })

  it('speaks the visitor’s language in what it is given', () => {
    const answer = answerFailure(browserRequest({ acceptLanguage: 'de' }), failed('connect-refused'), { ...CONTEXT, page: '{{title}}' })
    expect(answer.body.toString()).toBe('Diese Website ist gerade nicht erreichbar')
    expect(fieldsOf(answer).has('content-language')).toBe(false)
    expect(fieldsOf(answer).has('content-security-policy')).toBe(false)
  })

  it('is for browsers only', () => {
    const answer = answerFailure(browserRequest({ accept: 'application/json' }), failed('connect-refused'), { ...CONTEXT, page: own })
    expect(fieldsOf(answer).get('content-type')).toBe('application/problem+json')
  })

  it('takes no value for a pattern', () => {
    expect(page('connect-refused', { page: '{{request_id}}', id: '$& $1 {{cause}}' })).toBe('$&amp; $1 {{cause}}')
  })
})
