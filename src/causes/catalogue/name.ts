/** Causes met while the upstream's host name is looked up. */
import type { Cause } from '../cause.ts'

export const NAME_CAUSES = {
  'dns-nxdomain': {
    title: 'The name does not exist',
    status: 502,
    proxyStatus: 'dns_error',
    side: 'upstream',
    meaning: "The name server says that there is no such host name as the endpoint's, or that it has no address.",
    remedies: [
      {
        do: 'Correct the host name in the endpoint, or in the hosts file or zone that should contain it.',
        when: '',
        command: 'getent ahosts HOST',
      },
      {
        do: 'Start the container and attach it and Gatewell to the same user-defined network; its service name is then its host name.',
        when: 'if the name is that of a container',
        command: 'docker network inspect NETWORK',
      },
      {
        do: "Write the service's full name.",
        when: 'if it is a Kubernetes service in another namespace',
        command: 'SERVICE.NAMESPACE.svc.cluster.local',
      },
      {
        do: 'Create the A or AAAA record; if it was created just now, wait until the earlier "no such name" has left the caches.',
        when: 'if the name is new',
        command: 'dig +noall +answer HOST A HOST AAAA',
      },
    ],
  },
  'dns-timeout': {
    title: 'The name server did not answer',
    status: 504,
    proxyStatus: 'dns_timeout',
    side: 'upstream',
    meaning: 'No name server answered in time, so the address of the endpoint is unknown.',
    remedies: [
      {
        do: 'Ask each name server of this machine, and replace those that do not answer.',
        when: '',
        command: 'grep nameserver /etc/resolv.conf; dig HOST @SERVER',
      },
      {
        do: 'Let UDP and TCP to port 53 of the name server through the firewall.',
        when: 'if other machines do get an answer from it',
      },
      {
        do: 'Give CoreDNS more replicas, or run NodeLocal DNSCache.',
        when: 'if it happens under load in Kubernetes',
        command: 'kubectl -n kube-system get pods -l k8s-app=kube-dns',
      },
      {
        do: 'Let Gatewell ask other name servers.',
        when: 'if those of the machine cannot be changed',
        command: 'resolver: { servers: [1.1.1.1, 9.9.9.9] }',
      },
      { do: 'Write the endpoint with its IP address.', when: 'if that address never changes' },
    ],
  },
  'dns-servfail': {
    title: 'The name server failed or refused',
    status: 502,
    proxyStatus: 'dns_error',
    side: 'upstream',
    meaning: 'The name server answered, but with an error of its own (SERVFAIL or REFUSED) instead of an address.',
    remedies: [
      {
        do: 'Ask your name server and another one; if only yours fails, repair or replace it or the one it forwards to.',
        when: '',
        command: 'dig HOST; dig HOST @1.1.1.1',
      },
      {
        do: "Repair the zone's DNSSEC signatures.",
        when: 'if the lookup works with the checking of signatures switched off',
        command: 'dig +cd HOST',
      },
      { do: 'Allow this machine to use the name server, or choose another one.', when: 'if the answer is REFUSED' },
      {
        do: 'Find the name server of the zone that fails, and see that it has loaded the zone.',
        when: 'if every public name server fails alike',
        command: 'dig +trace HOST',
      },
    ],
  },
  'dns-stale': {
    title: "The cached address is no longer the server's",
    status: 502,
    proxyStatus: 'destination_ip_unroutable',
    side: 'upstream',
    meaning:
      'The connection went to an address from an earlier lookup, but the name leads elsewhere by now, or no name server could say any more where.',
    remedies: [
      {
        do: "After a move, keep the old server running until the record's time to live (the second column) has passed.",
        when: '',
        command: 'dig +noall +answer HOST',
      },
      {
        do: 'Let Gatewell ask anew more often, whatever the record says.',
        when: 'if addresses change without warning',
        command: 'resolver: { ttlMax: 2s }',
      },
      { do: "Shorten the record's time to live, e.g. to 30 seconds, well before the next move.", when: 'if moves are planned' },
      {
        do: 'Point the endpoint at something with a lasting address, such as a Kubernetes service or a load balancer.',
        when: 'if the address changes with every deployment',
      },
    ],
  },
} as const satisfies Record<string, Cause>
