/** The kernel, systemd and Kubernetes, after their sources. */
import { byHand } from './by-hand.ts'

export const TROUPE = byHand('system', 'After the sources of Linux, systemd and the kubelet.', {
  system: [
    [
      'worker-oom-killed',
      '[Sun Nov 22 10:00:00 2026] Out of memory: Killed process 4711 (php-fpm8.2) total-vm:912340kB, anon-rss:498212kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:1204kB oom_score_adj:0',
    ],
    [
      null,
      '[Sun Nov 22 10:00:00 2026] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/shop,task_memcg=/shop,task=php-fpm8.2,pid=4711,uid=33',
    ],
    [
      'worker-oom-killed',
      '[Sun Nov 22 10:00:01 2026] Memory cgroup out of memory: Killed process 4712 (node) total-vm:1212340kB, anon-rss:1048212kB, file-rss:0kB',
    ],
    ['connect-timeout', '[Sun Nov 22 10:00:02 2026] nf_conntrack: nf_conntrack: table full, dropping packet'],
    [
      'backlog-overflow',
      '[Sun Nov 22 10:00:03 2026] TCP: request_sock_TCP: Possible SYN flooding on port 3000. Sending cookies.  Check SNMP counters.',
    ],
    ['local-resource-exhausted', '[Sun Nov 22 10:00:04 2026] TCP: out of memory -- consider tuning tcp_mem'],
    [
      'worker-crashed',
      '[Sun Nov 22 10:00:05 2026] php-fpm8.2[4713]: segfault at 0 ip 00007f0c1a2b3c4d sp 00007ffd12345678 error 4 in opcache.so[7f0c1a200000+c2000]',
    ],
    [
      'worker-crashed',
      '[Sun Nov 22 10:00:06 2026] traps: node[4714] trap invalid opcode ip:55d0c0ffee00 sp:7ffd12345678 error:0 in node[55d0c0000000+2000000]',
    ],
    ['fd-exhaustion', '[Sun Nov 22 10:00:07 2026] VFS: file-max limit 98304 reached'],
    ['worker-oom-killed', 'Nov 22 10:00:08 web systemd[1]: shop.service: Main process exited, code=killed, status=9/KILL'],
    ['worker-crashed', 'Nov 22 10:00:09 web systemd[1]: shop.service: Main process exited, code=dumped, status=11/SEGV'],
    ['worker-crashed', 'Nov 22 10:00:10 web systemd[1]: shop.service: Main process exited, code=exited, status=1/FAILURE'],
    ['worker-oom-killed', 'Nov 22 10:00:11 web systemd[1]: shop.service: A process of this unit has been killed by the OOM killer.'],
    [null, 'Nov 22 10:00:12 web systemd[1]: shop.service: Scheduled restart job, restart counter is at 3.'],
    [
      'worker-crashed',
      'Nov 22 10:00:13 node1 kubelet[901]: pod shop-7d9 container app: CrashLoopBackOff: back-off 40s restarting failed container',
    ],
    ['no-endpoints', 'Nov 22 10:00:14 node1 kubelet[901]: Readiness probe failed: HTTP probe failed with statuscode: 503'],
    [
      'worker-crashed',
      'Nov 22 10:00:15 node1 kubelet[901]: Liveness probe failed: Get "http://10.0.0.5:8080/up": context deadline exceeded',
    ],
  ],
})
