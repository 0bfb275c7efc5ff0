/** Causes met while a connection to an endpoint is opened: its network, its machine, and the limits of ours. */
import type { Cause } from '../cause.ts'

export const CONNECT_CAUSES = {
  'connect-refused': {
    title: 'Nothing listens on that port',
    status: 502,
    proxyStatus: 'connection_refused',
    side: 'upstream',
    meaning: 'The machine answered but refused the connection: no program is listening on that address and port.',
    remedies: [
      {
        do: 'Start the app, or find out in its log why it ended.',
        when: '',
        command: 'ss -ltnp | grep :PORT; journalctl -u SERVICE -n 50',
      },
      { do: 'Correct the port in the endpoint.', when: 'if the app runs but listens on another port' },
      {
        do: 'Let the app listen on every interface (0.0.0.0) and not only on 127.0.0.1.',
        when: 'if the app runs in a container or on another machine',
        command: "Node: server.listen(PORT, '0.0.0.0') · gunicorn --bind 0.0.0.0:PORT · uvicorn --host 0.0.0.0 --port PORT",
      },
      {
        do: 'Write 127.0.0.1 or [::1] instead of localhost, whichever the app listens on.',
        when: 'if the endpoint is called localhost',
      },
      {
        do: 'Have the app started again whenever it ends.',
        when: 'if it comes and goes',
        command: 'systemctl edit SERVICE  # [Service] Restart=always',
      },
    ],
  },
  'connect-timeout': {
    title: 'No answer to the connection attempt',
    status: 504,
    proxyStatus: 'connection_timeout',
    side: 'upstream',
    meaning: 'Nothing at all came back when the connection was opened: the machine is off, or a firewall drops the packets in silence.',
    remedies: [
      {
        do: "Allow connections from this machine to that port in the firewall or in the cloud provider's security group.",
        when: '',
        command: 'nc -vz -w 3 HOST PORT',
      },
      {
        do: 'Check that the machine is running and that the address is right.',
        when: 'if its other ports are silent too',
        command: 'ping -c 3 HOST',
      },
      {
        do: 'Check the routes, and the VPN if there is one, in both directions.',
        when: 'if it is in another network',
        command: 'ip route get ADDRESS',
      },
      {
        do: 'Give the app more workers or instances: its queue of new connections is full (Recv-Q at or above Send-Q).',
        when: 'if it happens only under load',
        command: 'ss -ltn',
      },
      {
        do: 'Allow more time for connecting.',
        when: 'if connecting really takes that long, as over a satellite link',
        command: 'timeouts: { connect: 10s }',
      },
    ],
  },
  'connect-unreachable': {
    title: 'No route to the server',
    status: 502,
    proxyStatus: 'destination_ip_unroutable',
    side: 'upstream',
    meaning: 'The network reports that it has no way to that address, or that no machine there answers to it.',
    remedies: [
      {
        do: 'Bring up the network interface or the VPN, or add the route that is missing.',
        when: '',
        command: 'ip route get ADDRESS',
      },
      {
        do: 'Start the machine, or correct its address.',
        when: 'if it is in the same network and is listed as FAILED or INCOMPLETE',
        command: 'ip neigh show ADDRESS',
      },
      {
        do: "Use the server's IPv4 address, or give this machine an IPv6 route.",
        when: 'if the address is an IPv6 address',
        command: 'ip -6 route show default',
      },
      {
        do: 'Change the firewall rule that rejects the connection.',
        when: 'if the machine is up: a firewall can give this answer, too',
        command: 'nft list ruleset',
      },
    ],
  },
  'firewall-blocked': {
    title: 'A local rule forbids the connection',
    status: 502,
    proxyStatus: 'destination_ip_prohibited',
    side: 'upstream',
    meaning:
      'This machine itself did not let Gatewell open the connection: a firewall rule, SELinux or another security policy forbids it.',
    remedies: [
      {
        do: "Allow the connection in this machine's firewall, in the rules for outgoing traffic.",
        when: '',
        command: 'nft list ruleset',
      },
      {
        do: 'Allow it in the SELinux policy of the service.',
        when: 'if getenforce says Enforcing and the audit log holds a denial',
        command: 'getenforce; ausearch -m AVC -ts recent',
      },
      {
        do: 'Allow it in the AppArmor profile of the service.',
        when: 'if the kernel log holds a line with apparmor="DENIED"',
        command: 'journalctl -k | grep -i \'apparmor="DENIED"\'',
      },
    ],
  },
  'backlog-overflow': {
    title: "The server's accept queue is full",
    status: 503,
    proxyStatus: 'destination_unavailable',
    side: 'upstream',
    meaning: 'The server is alive but takes no more connections: its queue of those that wait to be accepted is full.',
    remedies: [
      {
        do: 'Give the app more workers or instances: the queue is full because they do not keep up.',
        when: '',
        command: 'ss -ltnx  # full when Recv-Q is at or above Send-Q',
      },
      {
        do: 'Let PHP-FPM run more children, as far as memory allows.',
        when: 'if its log says "server reached pm.max_children"',
        command: 'pm.max_children = 20',
      },
      {
        do: 'Lengthen the queue in the app and in the kernel; the smaller of the two counts.',
        when: 'if it happens in short bursts only',
        command: 'sysctl -w net.core.somaxconn=4096 · PHP-FPM: listen.backlog = 4096 · Node: server.listen({ port, backlog: 4096 })',
      },
      {
        do: 'Find out what the workers wait for, such as a slow query.',
        when: 'if the machine has processor time to spare meanwhile',
      },
    ],
  },
  'socket-missing': {
    title: 'The socket file does not exist',
    status: 502,
    proxyStatus: 'connection_refused',
    side: 'upstream',
    meaning: 'There is no such Unix socket file: the server that creates it is not running, or puts it somewhere else.',
    remedies: [
      { do: 'Start the server that creates the socket.', when: '', command: 'systemctl status SERVICE' },
      {
        do: 'Correct the path in the endpoint.',
        when: 'if the server is running',
        command: 'ss -lxp',
      },
      {
        do: 'Change the version number in the path.',
        when: 'if PHP was upgraded: its sockets carry the version in their name',
        command: 'ls -l /run/php/',
      },
      {
        do: 'Put the socket into a folder that both can see.',
        when: 'if one of the two runs in a container, or as a service with PrivateTmp=yes while the socket is in /tmp',
      },
    ],
  },
  'socket-permission': {
    title: 'The socket file may not be opened',
    status: 502,
    proxyStatus: 'connection_refused',
    side: 'gateway',
    meaning: 'The Unix socket file exists, but the user that Gatewell runs as may not connect to it.',
    remedies: [
      {
        do: "Give Gatewell's user or group write permission on the socket, and the permission to enter (x) each folder above it.",
        when: '',
        command: 'namei -l SOCKET',
      },
      {
        do: "Hand the socket to a group that Gatewell's user belongs to.",
        when: 'if PHP-FPM creates it',
        command: 'listen.group = GROUP\nlisten.mode = 0660',
      },
      {
        do: "Add Gatewell's user to the group of the socket, then restart Gatewell.",
        when: 'if the group may already connect',
        command: 'usermod -aG GROUP USER',
      },
      {
        do: 'Allow it in the SELinux policy of the service.',
        when: 'if the permissions are right and getenforce says Enforcing',
        command: 'getenforce; ausearch -m AVC -ts recent',
      },
    ],
  },
  'port-exhaustion': {
    title: 'No local port is left for this destination',
    status: 503,
    proxyStatus: 'connection_limit_reached',
    side: 'gateway',
    meaning: 'Every local port that could lead to that address is in use, mostly by connections that were closed within the last minute.',
    remedies: [
      {
        do: 'Let the server keep connections open after an answer, so that they are used again.',
        when: '',
        command: 'ss -Htan state time-wait dst ADDRESS | wc -l',
      },
      {
        do: 'Add endpoints: the limit is for each destination address and port.',
        when: 'if one server takes all the traffic',
      },
      {
        do: 'Widen the range of local ports.',
        when: 'if the server cannot keep connections open',
        command: 'sysctl -w net.ipv4.ip_local_port_range="10240 65535"',
      },
      {
        do: 'Let the kernel use the ports of closed outgoing connections sooner.',
        when: 'if most of them are in TIME-WAIT',
        command: 'sysctl -w net.ipv4.tcp_tw_reuse=1',
      },
    ],
  },
  'fd-exhaustion': {
    title: 'No file descriptor is left',
    status: 503,
    proxyStatus: 'connection_limit_reached',
    side: 'gateway',
    meaning: 'Each connection needs a file descriptor, and this process or the whole machine has none left.',
    remedies: [
      {
        do: 'Raise the limit of the service, then restart it.',
        when: '',
        command: 'systemctl edit gatewell  # [Service] LimitNOFILE=65536',
      },
      { do: 'Raise the limit of the shell before you start Gatewell.', when: 'if you start it by hand', command: 'ulimit -n 65536' },
      {
        do: 'Raise the limit of the container.',
        when: 'if it runs in Docker',
        command: 'docker run --ulimit nofile=65536:65536 …',
      },
      {
        do: 'Raise the limit of the whole machine.',
        when: 'if the error is ENFILE',
        command: 'cat /proc/sys/fs/file-nr; sysctl -w fs.file-max=1000000',
      },
    ],
  },
  'local-resource-exhausted': {
    title: 'A limit of the gateway itself was reached',
    status: 503,
    proxyStatus: 'connection_limit_reached',
    side: 'gateway',
    meaning: 'Gatewell ran into a limit of its own or of its machine: memory, socket buffers, or the connections it may hold.',
    remedies: [
      {
        do: 'Raise the limit that the evidence names, as far as the memory of the machine allows.',
        when: 'if it is one of the configuration, such as that of connections',
        command: 'limits: { connections: 50000 }',
      },
      {
        do: 'Give the machine more memory, or find the process that takes it.',
        when: 'if the error is ENOMEM or ENOBUFS',
        command: 'free -m; cat /proc/net/sockstat',
      },
      {
        do: 'Find the clients that hold the connections, and stop them in the firewall if they mean harm.',
        when: 'if the number of connections is far above normal',
        command: 'ss -s; ss -Htn state established',
      },
      { do: 'Spread the traffic over more machines.', when: 'if it is normal traffic' },
    ],
  },
} as const satisfies Record<string, Cause>
