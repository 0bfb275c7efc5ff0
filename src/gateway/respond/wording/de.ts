/** The error page in German. */
import type { Wording } from '../wording.ts'

export const GERMAN: Wording = {
  language: 'de',
  situations: {
    unreachable: {
      title: 'Diese Website ist gerade nicht erreichbar',
      message: 'Der Server der Website antwortet nicht. Meist ist das bald behoben.',
    },
    broken: {
      title: 'Auf dieser Website ist etwas schiefgegangen',
      message: 'Der Server der Website hat die Verbindung abgebrochen oder eine unbrauchbare Antwort gesendet.',
    },
    slow: {
      title: 'Diese Website braucht zu lange',
      message: 'Der Server der Website hat nicht rechtzeitig geantwortet. Vielleicht ist er gerade stark ausgelastet.',
    },
    busy: {
      title: 'Diese Website ist gerade überlastet',
      message: 'Im Moment kommen mehr Anfragen an, als sie bewältigen kann.',
    },
    restarting: {
      title: 'Diese Website startet gerade neu',
      message: 'Sie ist gleich wieder da.',
    },
    maintenance: {
      title: 'An dieser Website wird gerade gearbeitet',
      message: 'Sie ist für Wartungsarbeiten abgeschaltet und kommt wieder.',
    },
    faulty: {
      title: 'Auf dieser Website liegt ein Fehler vor',
      message: 'Deshalb konnte Ihre Anfrage nicht bearbeitet werden.',
    },
    'not-found': {
      title: 'Diese Seite gibt es nicht',
      message: 'Unter dieser Adresse ist nichts zu finden. Prüfen Sie die Adresse auf Tippfehler oder beginnen Sie auf der Startseite.',
    },
    invalid: {
      title: 'Diese Anfrage ist ungültig',
      message:
        'Der Browser oder das Programm hat etwas gesendet, das die Website nicht verarbeiten kann. ' +
        'Prüfen Sie die Adresse oder beginnen Sie auf der Startseite.',
    },
    'address-too-long': {
      title: 'Diese Adresse ist zu lang',
      message: 'Sie enthält mehr Text, als die Website annimmt. Gehen Sie zurück und versuchen Sie es mit weniger Text.',
    },
    'header-too-large': {
      title: 'Ihr Browser hat zu viele Daten mitgeschickt',
      message:
        'Meist sind das Cookies, die sich angesammelt haben. Löschen Sie die Cookies dieser Website in ' +
        'den Einstellungen des Browsers und laden Sie die Seite neu.',
    },
    'too-large': {
      title: 'Die gesendeten Daten sind zu groß',
      message: 'So viel nimmt die Website nicht auf einmal an. Wählen Sie eine kleinere Datei oder teilen Sie sie auf.',
    },
    'slow-client': {
      title: 'Ihre Anfrage kam nicht rechtzeitig an',
      message:
        'Die Verbindung war zu langsam oder wurde unterbrochen. Prüfen Sie Ihre Internetverbindung und versuchen Sie es noch einmal.',
    },
    refused: {
      title: 'Diese Art von Anfrage ist nicht erlaubt',
      message: 'Die Website nimmt sie nicht an. Es wurde nichts geändert.',
    },
  },
  innocent: 'Es liegt nicht an Ihnen: Ihr Gerät und Ihre Internetverbindung funktionieren.',
  retrying: 'Diese Seite versucht es in {s} Sekunden von selbst noch einmal.',
  retryNow: 'Jetzt erneut versuchen',
  home: 'Zur Startseite',
  mayRepeat:
    'Was Sie gesendet haben, wurde vielleicht schon verarbeitet. Prüfen Sie das, bevor Sie es noch einmal ' +
    'senden, sonst könnte zum Beispiel eine Bestellung doppelt ankommen.',
  notDone: 'Was Sie gesendet haben, wurde nicht verarbeitet. Sie können es bedenkenlos noch einmal senden.',
  persists:
    'Wenn es dabei bleibt, versuchen Sie es in einigen Minuten wieder oder wenden Sie sich an den ' +
    'Betreiber der Website und nennen Sie die Anfragenummer.',
  statusPage: 'Zur Statusseite',
  way: { label: 'Der Weg zu dieser Website', device: 'Ihr Gerät', internet: 'Internet', site: 'Diese Website', fine: 'In Ordnung' },
  states: {
    unreachable: 'Antwortet nicht',
    broken: 'Abgebrochen',
    slow: 'Zu langsam',
    busy: 'Überlastet',
    restarting: 'Startet neu',
    maintenance: 'Wartung',
    faulty: 'Fehler',
  },
  requestId: 'Anfragenummer',
  time: 'Zeitpunkt',
  status: 'Status',
  cause: 'Ursache',
}
