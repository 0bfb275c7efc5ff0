/** The error page in Spanish. */
import type { Wording } from '../wording.ts'

export const SPANISH: Wording = {
  language: 'es',
  situations: {
    unreachable: {
      title: 'No se puede acceder a este sitio en este momento',
      message: 'El servidor del sitio no responde. Suele resolverse pronto.',
    },
    broken: {
      title: 'Algo ha fallado en este sitio',
      message: 'El servidor del sitio cortó la conexión o envió una respuesta inservible.',
    },
    slow: {
      title: 'Este sitio tarda demasiado',
      message: 'El servidor del sitio no respondió a tiempo. Puede que esté muy ocupado.',
    },
    busy: {
      title: 'Este sitio está saturado',
      message: 'En este momento recibe más solicitudes de las que puede atender.',
    },
    restarting: {
      title: 'Este sitio se está reiniciando',
      message: 'Volverá en unos instantes.',
    },
    maintenance: { title: 'Este sitio está en mantenimiento', message: 'Está detenido mientras se trabaja en él y volverá después.' },
    faulty: {
      title: 'Hay un error en este sitio',
      message: 'El sitio no pudo atender la solicitud por un fallo propio.',
    },
    'not-found': {
      title: 'Esta página no existe',
      message: 'No hay nada en esta dirección. Compruebe que esté bien escrita o empiece por la página de inicio.',
    },
    invalid: {
      title: 'Esta solicitud no es válida',
      message:
        'El navegador o el programa envió algo que el sitio no puede procesar. Compruebe la dirección o empiece por la página de inicio.',
    },
    'address-too-long': {
      title: 'Esta dirección es demasiado larga',
      message: 'Contiene más texto del que acepta el sitio. Vuelva atrás e inténtelo con menos texto.',
    },
    'header-too-large': {
      title: 'El navegador ha enviado demasiados datos',
      message:
        'Suele deberse a cookies acumuladas. Borre las cookies de este sitio en los ajustes del navegador y vuelva a cargar la página.',
    },
    'too-large': {
      title: 'El envío es demasiado grande',
      message: 'El sitio no acepta tantos datos de una vez. Elija un archivo más pequeño o divídalo en partes.',
    },
    'slow-client': {
      title: 'La solicitud no llegó a tiempo',
      message: 'La conexión era demasiado lenta o se interrumpió. Compruebe su conexión a internet e inténtelo de nuevo.',
    },
    refused: {
      title: 'Este tipo de solicitud no está permitido',
      message: 'El sitio no lo acepta. No se ha cambiado nada.',
    },
  },
  innocent: 'No es culpa suya: su equipo y su conexión a internet funcionan.',
  retrying: 'Esta página volverá a intentarlo por sí sola en {s} segundos.',
  retryNow: 'Reintentar ahora',
  home: 'Ir a la página de inicio',
  mayRepeat:
    'Es posible que el envío ya se haya procesado. Compruébelo antes de repetirlo; de lo ' +
    'contrario, un pedido, por ejemplo, podría hacerse dos veces.',
  notDone: 'El envío no se ha procesado. Puede repetirlo sin riesgo.',
  persists:
    'Si el problema continúa, inténtelo de nuevo en unos minutos o póngase en contacto con los ' +
    'responsables del sitio e indíqueles el número de solicitud.',
  statusPage: 'Ver la página de estado',
  way: { label: 'El camino hasta este sitio', device: 'Su equipo', internet: 'Internet', site: 'Este sitio', fine: 'Funciona' },
  states: {
    unreachable: 'No responde',
    broken: 'Interrumpido',
    slow: 'Muy lento',
    busy: 'Saturado',
    restarting: 'Reiniciando',
    maintenance: 'Mantenimiento',
    faulty: 'Error',
  },
  requestId: 'Número de solicitud',
  time: 'Hora',
  status: 'Estado',
  cause: 'Causa',
}
