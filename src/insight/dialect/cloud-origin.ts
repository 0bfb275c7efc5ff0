/** Services that stand in front of apps, which people rent rather than run: what they say of themselves, and what can be looked at. */
import type { Origin } from './origin.ts'

export const CLOUD_ORIGINS = {
  cloudflare: { name: 'Cloudflare', isProxy: true, server: /^cloudflare/i, settings: {} },
  alb: {
    name: 'an AWS load balancer',
    isProxy: true,
    server: /^awselb/i,
    keepAliveS: 3600,
    settings: { behind: 'aws elbv2 describe-target-health --target-group-arn ARN' },
  },
  cloudfront: { name: 'CloudFront', isProxy: true, server: /^CloudFront/i, via: /CloudFront/i, settings: {} },
  google: { name: "Google's load balancer", isProxy: true, server: /^Google Frontend/i, via: /\bgoogle$/i, settings: {} },
  azure: {
    name: "Azure's gateway",
    isProxy: true,
    server: /^Microsoft-Azure-Application-Gateway/i,
    settings: {},
  },
  heroku: {
    name: "Heroku's router",
    isProxy: true,
    via: /vegur|heroku-router/i,
    watchdogS: 30,
    settings: { behind: 'heroku logs --tail' },
  },
  vercel: { name: 'Vercel', isProxy: true, server: /^Vercel/i, settings: {} },
  'azure-front-door': { name: 'Azure Front Door', isProxy: true, settings: {} },
  // A Varnish of one's own says its version as well.
  fastly: { name: 'Fastly', isProxy: true, via: /^varnish$/, settings: {} },
  akamai: { name: 'Akamai', isProxy: true, server: /^AkamaiGHost/i, via: /akamai\.net/i, settings: {} },
  edgeone: { name: 'EdgeOne', isProxy: true, server: /^edgeone/i, settings: {} },
  netlify: { name: 'Netlify', isProxy: true, server: /^Netlify/i, settings: {} },
  fly: { name: "Fly's proxy", isProxy: true, server: /^Fly\//, via: /\bfly\.io$/i, settings: { behind: 'fly logs' } },
} as const satisfies Record<string, Origin>
