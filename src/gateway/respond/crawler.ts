/**
 * Whether a client builds an index, an archive or a preview of what it gets. Such clients take 502 and 504 for a sign that the
 * site is gone and 503 for a pause. Not every program is one: API clients, health checks and monitors get the true status.
 */
import { isbot } from 'isbot'

const COLLECTS = /bot|crawl|spider|slurp|google|yandex|yahoo|baidu|sogou|daum|naver|yeti|duckduck|archiv|facebook|whatsapp|preview|feed/i
const WATCHES = /monitor|uptime|pingdom|statuscake|health|probe|check|googlehc/i

export function isCrawler(userAgent: string): boolean {
  // isbot comes last: it is the slow one, and it knows the browsers on devices whose names sound like bots.
  return COLLECTS.test(userAgent) && !WATCHES.test(userAgent) && isbot(userAgent)
}
