/** The error page in French. A no-break space stands before the colon. */
import type { Wording } from '../wording.ts'

export const FRENCH: Wording = {
  language: 'fr',
  situations: {
    unreachable: {
      title: 'Ce site est injoignable pour le moment',
      message: 'Son serveur ne répond pas. En général, cela ne dure pas.',
    },
    broken: {
      title: 'Un problème est survenu sur ce site',
      message: 'Son serveur a coupé la connexion ou envoyé une réponse inutilisable.',
    },
    slow: {
      title: 'Ce site met trop de temps à répondre',
      message: 'Son serveur n’a pas répondu à temps. Il est peut-être très sollicité.',
    },
    busy: {
      title: 'Ce site est surchargé',
      message: 'Il reçoit en ce moment plus de demandes qu’il ne peut en traiter.',
    },
    restarting: {
      title: 'Ce site redémarre',
      message: 'Il sera de retour dans un instant.',
    },
    maintenance: { title: 'Ce site est en maintenance', message: 'Il est arrêté pour des travaux et reviendra ensuite.' },
    faulty: {
      title: 'Ce site rencontre une erreur',
      message: 'Il n’a pas pu traiter votre demande à cause d’un défaut de son côté.',
    },
    'not-found': {
      title: 'Cette page n’existe pas',
      message: 'Il n’y a rien à cette adresse. Vérifiez qu’elle ne contient pas de faute de frappe ou repartez de la page d’accueil.',
    },
    invalid: {
      title: 'Cette requête n’est pas valide',
      message:
        'Le navigateur ou le programme a envoyé quelque chose que le site ne peut pas traiter. ' +
        'Vérifiez l’adresse ou repartez de la page d’accueil.',
    },
    'address-too-long': {
      title: 'Cette adresse est trop longue',
      message: 'Elle contient plus de texte que le site n’en accepte. Revenez en arrière et réessayez avec moins de texte.',
    },
    'header-too-large': {
      title: 'Votre navigateur a envoyé trop de données',
      message:
        'Le plus souvent, ce sont des cookies accumulés. Supprimez les cookies de ce site dans ' +
        'les réglages du navigateur, puis rechargez la page.',
    },
    'too-large': {
      title: 'L’envoi est trop volumineux',
      message: 'Le site n’accepte pas autant de données en une fois. Choisissez un fichier plus petit ou divisez-le.',
    },
    'slow-client': {
      title: 'Votre demande n’est pas arrivée à temps',
      message: 'La connexion était trop lente ou a été interrompue. Vérifiez votre connexion Internet et réessayez.',
    },
    refused: {
      title: 'Ce type de requête n’est pas autorisé',
      message: 'Le site ne l’accepte pas. Rien n’a été modifié.',
    },
  },
  innocent: 'Vous n’y êtes pour rien\u00a0: votre appareil et votre connexion Internet fonctionnent.',
  retrying: 'Cette page réessaie d’elle-même dans {s}\u00a0secondes.',
  retryNow: 'Réessayer maintenant',
  home: 'Aller à la page d’accueil',
  mayRepeat:
    'Votre envoi a peut-être déjà été traité. Vérifiez-le avant de recommencer, sinon une ' +
    'commande, par exemple, pourrait être passée deux fois.',
  notDone: 'Votre envoi n’a pas été traité. Vous pouvez le refaire sans risque.',
  persists:
    'Si cela persiste, réessayez dans quelques minutes ou contactez les responsables du site en leur indiquant le numéro de requête.',
  statusPage: 'Voir la page d’état',
  way: { label: 'Le chemin vers ce site', device: 'Votre appareil', internet: 'Internet', site: 'Ce site', fine: 'Fonctionne' },
  states: {
    unreachable: 'Ne répond pas',
    broken: 'Interrompu',
    slow: 'Trop lent',
    busy: 'Surchargé',
    restarting: 'Redémarre',
    maintenance: 'Maintenance',
    faulty: 'Erreur',
  },
  requestId: 'Numéro de requête',
  time: 'Heure',
  status: 'Statut',
  cause: 'Cause',
}
