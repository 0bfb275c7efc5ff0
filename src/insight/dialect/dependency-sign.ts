/** How apps say, in whatever language, that something they need is not there: a database, a cache, a service, its name. For patterns. */

/** As part of a RegExp. */
export const DEPENDENCY_SIGN = [
  // Drivers of PHP: refused, gone, lost, too many, wrong password; and those of Postgres.
  String.raw`SQLSTATE\[\w+\] \[(?:2002|2006|2013|1040|1045|08006|7)\]`,
  'Too many connections|remaining connection slots are reserved',
  'php_network_getaddresses|getaddrinfo failed|RedisException',
  'OperationalError|ConnectionRefusedError|could not connect to server|Connect call failed',
  'Connection refused|Failed to connect to',
].join('|')
