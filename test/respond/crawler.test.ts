/** Who must not be told 502, and who must be told the truth. */
import { describe, expect, it } from 'vitest'
import { isCrawler } from '../../src/gateway/respond/crawler.ts'
import { FIREFOX, GOOGLEBOT } from './request.ts'

describe('a crawler', () => {
  it.each([
    GOOGLEBOT,
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
    'DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)',
    'Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 ' +
      'Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Twitterbot/1.0',
    'Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 1 subscribers)',
  ])('is %s', (userAgent) => {
    expect(isCrawler(userAgent)).toBe(true)
  })

  it.each([
    '',
    FIREFOX,
    'Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
    'curl/8.5.0',
    'Wget/1.21',
    'python-requests/2.32.0',
    'okhttp/4.12.0',
    'axios/1.7.2',
    'node',
    'Go-http-client/2.0',
    'kube-probe/1.31',
    'ELB-HealthChecker/2.0',
    'GoogleHC/1.0',
    'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)',
    'Blackbox Exporter/0.25.0',
  ])('is not %j', (userAgent) => {
    expect(isCrawler(userAgent)).toBe(false)
  })
})
