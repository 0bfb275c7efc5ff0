/** Tomcat and Spring Boot, after their sources. */
import { byHand } from './by-hand.ts'

const NEWS = '22-Nov-2026 10:00:00.123'
const TLS_HELLO =
  'java.lang.IllegalArgumentException: Invalid character found in method name [0x160x030x010x020x000x010x000x010xfc0x03]. HTTP method names must be tokens'
const NOTE = ' Note: further occurrences of HTTP request parsing errors will be logged at DEBUG level.'

export const TROUPE = byHand('tomcat', "After Tomcat's source.", {
  tomcat: [
    [null, `${NEWS} INFO [main] org.apache.coyote.AbstractProtocol.start Starting ProtocolHandler ["http-nio-8080"]`],
    [
      'worker-pool-exhausted',
      `${NEWS} SEVERE [http-8080-Acceptor-0] org.apache.tomcat.util.threads.ThreadPool.logFull All threads (200) are currently busy, waiting. Increase maxThreads (200) or check the servlet status`,
    ],
    [
      'worker-pool-exhausted',
      `${NEWS} INFO [http-8080-Acceptor-0] org.apache.tomcat.util.net.JIoEndpoint.createWorkerThread Maximum number of threads (200) created for connector with address null and port 8080`,
    ],
    [
      'tls-to-plaintext-port',
      `${NEWS} INFO [http-nio-8080-exec-1] org.apache.coyote.http11.Http11Processor.service Error parsing HTTP request header`,
    ],
    [null, NOTE],
    [null, `\t${TLS_HELLO}`],
    [null, `${NEWS} INFO [http-nio-8080-exec-2] org.apache.coyote.http11.Http11Processor.service Error parsing HTTP request header`],
    [null, NOTE],
    [
      null,
      '\tjava.lang.IllegalArgumentException: Invalid character found in the request target [/a|b ]. The valid characters are defined in RFC 7230 and RFC 3986',
    ],
    [
      'connect-refused',
      `${NEWS} SEVERE [main] org.apache.catalina.util.LifecycleBase.handleSubClassException Failed to initialize component [Connector["http-nio-8080"]]`,
    ],
    [null, '\torg.apache.catalina.LifecycleException: Protocol handler initialization failed'],
    [null, '\tCaused by: java.net.BindException: Address already in use'],
  ],
  'spring-boot': [
    [
      null,
      '2026-11-22T10:00:00.123Z  INFO 1 --- [shop] [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started on port 8080 (http)',
    ],
    [
      'tls-to-plaintext-port',
      '2026-11-22 10:00:00.123  INFO 1 --- [nio-8080-exec-1] o.apache.coyote.http11.Http11Processor   : Error parsing HTTP request header',
    ],
    [null, NOTE],
    [null, ''],
    [null, TLS_HELLO],
    [
      'connect-refused',
      '2026-11-22 10:00:01.123 ERROR 1 --- [           main] o.s.b.web.embedded.tomcat.TomcatStarter  : Web server failed to start. Port 8080 was already in use.',
    ],
  ],
})
