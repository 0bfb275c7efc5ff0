/** The error page in English. */
import type { Wording } from '../wording.ts'

export const ENGLISH: Wording = {
  language: 'en',
  situations: {
    unreachable: {
      title: 'This site cannot be reached right now',
      message: 'Its server is not answering. That usually passes soon.',
    },
    broken: {
      title: 'Something went wrong on this site',
      message: 'Its server broke off, or sent an answer that cannot be used.',
    },
    slow: {
      title: 'This site is taking too long',
      message: 'Its server did not answer in time. It may be very busy.',
    },
    busy: {
      title: 'This site is very busy',
      message: 'Right now it is asked for more than it can handle.',
    },
    restarting: {
      title: 'This site is restarting',
      message: 'It will be back in a moment.',
    },
    maintenance: { title: 'This site is being worked on', message: 'It is switched off for maintenance and will be back.' },
    faulty: {
      title: 'There is a fault on this site',
      message: 'It could not handle your request because of an error of its own.',
    },
    'not-found': {
      title: 'This page does not exist',
      message: 'There is nothing at this address. Check it for typing mistakes, or start from the home page.',
    },
    invalid: {
      title: 'This request is not valid',
      message: 'Your browser or program sent something that the site cannot handle. Check the address, or start from the home page.',
    },
    'address-too-long': {
      title: 'This address is too long',
      message: 'It holds more text than the site accepts. Go back and try again with less.',
    },
    'header-too-large': {
      title: 'Your browser sent too much data along',
      message: "Mostly these are cookies that have piled up. Delete this site's cookies in your browser's settings, then reload the page.",
    },
    'too-large': {
      title: 'What you sent is too large',
      message: 'The site does not accept that much at once. Choose a smaller file, or send it in parts.',
    },
    'slow-client': {
      title: 'Your request did not arrive in time',
      message: 'The connection was too slow or was interrupted. Check your internet connection and try again.',
    },
    refused: {
      title: 'This kind of request is not allowed',
      message: 'The site does not accept it. Nothing was changed.',
    },
  },
  innocent: 'It is not your fault: your device and your internet connection are working.',
  retrying: 'This page tries again by itself in {s} seconds.',
  retryNow: 'Try again now',
  home: 'Go to the home page',
  mayRepeat:
    'What you sent may already have been processed. Check that before you send it again, or an order, for example, could be placed twice.',
  notDone: 'What you sent was not processed. You can safely send it again.',
  persists: 'If it stays like this, try again in a few minutes, or tell the people who run the site and give them the request number.',
  statusPage: 'See the status page',
  way: { label: 'The way to this site', device: 'Your device', internet: 'Internet', site: 'This site', fine: 'Working' },
  states: {
    unreachable: 'Not answering',
    broken: 'Broke off',
    slow: 'Too slow',
    busy: 'Very busy',
    restarting: 'Restarting',
    maintenance: 'Maintenance',
    faulty: 'Faulty',
  },
  requestId: 'Request number',
  time: 'Time',
  status: 'Status',
  cause: 'Cause',
}
