/** PHP's own error log and rare lines of PHP-FPM, after the sources of PHP; what PHP-FPM says of real failures is beside nginx's. */
import { byHand } from './by-hand.ts'

export const TROUPE = byHand('php', 'After the sources of PHP and its FPM.', {
  'php-fpm': [
    ['worker-crashed', '[22-Nov-2026 10:00:00] WARNING: [pool shop] child 4711 exited with code 255 after 12.345678 seconds from start'],
    [
      'worker-crashed',
      '[22-Nov-2026 10:00:01] WARNING: [pool shop] child 4712 exited on signal 7 (SIGBUS - core dumped) after 1.345678 seconds from start',
    ],
    ['local-resource-exhausted', '[22-Nov-2026 10:00:02] ERROR: [pool shop] unable to malloc new child'],
    [null, '[22-Nov-2026 10:00:03] NOTICE: [pool shop] child 4713 exited with code 0 after 312.345678 seconds from start'],
  ],
  'php-error': [
    [
      'dependency-down',
      '[22-Nov-2026 10:00:00 UTC] PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /srv/shop/www/cart.php:7',
    ],
    [
      'dependency-down',
      '[22-Nov-2026 10:00:01 UTC] PHP Warning:  mysqli_connect(): (HY000/1040): Too many connections in /srv/shop/www/cart.php on line 7',
    ],
    [
      'upstream-5xx',
      '[22-Nov-2026 10:00:02 UTC] PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/shop/www/cart.php on line 9',
    ],
    [
      'upstream-5xx',
      '[22-Nov-2026 10:00:03 UTC] PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /srv/shop/www/cart.php on line 9',
    ],
    [null, '[22-Nov-2026 10:00:04 UTC] PHP Notice:  Undefined index: id in /srv/shop/www/cart.php on line 3'],
  ],
})
