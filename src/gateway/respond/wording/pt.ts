/** The error page in Portuguese. */
import type { Wording } from '../wording.ts'

export const PORTUGUESE: Wording = {
  language: 'pt',
  situations: {
    unreachable: {
      title: 'Não é possível acessar este site no momento',
      message: 'O servidor do site não está respondendo. Em geral, isso passa logo.',
    },
    broken: {
      title: 'Algo deu errado neste site',
      message: 'O servidor do site interrompeu a conexão ou enviou uma resposta inválida.',
    },
    slow: {
      title: 'Este site está demorando demais',
      message: 'O servidor do site não respondeu a tempo. Ele pode estar muito ocupado.',
    },
    busy: {
      title: 'Este site está sobrecarregado',
      message: 'No momento, ele recebe mais solicitações do que consegue atender.',
    },
    restarting: {
      title: 'Este site está reiniciando',
      message: 'Ele voltará em instantes.',
    },
    maintenance: { title: 'Este site está em manutenção', message: 'Ele foi desligado para manutenção e voltará em seguida.' },
    faulty: {
      title: 'Há um erro neste site',
      message: 'O site não conseguiu atender à solicitação por causa de uma falha própria.',
    },
    'not-found': {
      title: 'Esta página não existe',
      message: 'Não há nada neste endereço. Verifique se ele foi digitado corretamente ou comece pela página inicial.',
    },
    invalid: {
      title: 'Esta solicitação não é válida',
      message:
        'O navegador ou o programa enviou algo que o site não consegue processar. Verifique o endereço ou comece pela página inicial.',
    },
    'address-too-long': {
      title: 'Este endereço é longo demais',
      message: 'Ele contém mais texto do que o site aceita. Volte e tente novamente com menos texto.',
    },
    'header-too-large': {
      title: 'O navegador enviou dados demais',
      message: 'Em geral, são cookies acumulados. Apague os cookies deste site nas configurações do navegador e recarregue a página.',
    },
    'too-large': {
      title: 'O envio é grande demais',
      message: 'O site não aceita tantos dados de uma só vez. Escolha um arquivo menor ou divida-o em partes.',
    },
    'slow-client': {
      title: 'A solicitação não chegou a tempo',
      message: 'A conexão estava lenta demais ou foi interrompida. Verifique sua conexão com a internet e tente novamente.',
    },
    refused: {
      title: 'Este tipo de solicitação não é permitido',
      message: 'O site não o aceita. Nada foi alterado.',
    },
  },
  innocent: 'A culpa não é sua: seu aparelho e sua conexão com a internet estão funcionando.',
  retrying: 'Esta página tentará novamente sozinha em {s} segundos.',
  retryNow: 'Tentar agora',
  home: 'Ir para a página inicial',
  mayRepeat:
    'O envio talvez já tenha sido processado. Verifique antes de repetir; caso contrário, um ' +
    'pedido, por exemplo, poderia ser feito duas vezes.',
  notDone: 'O envio não foi processado. Você pode repeti-lo sem risco.',
  persists:
    'Se o problema continuar, tente novamente em alguns minutos ou fale com os responsáveis pelo site e informe o número da solicitação.',
  statusPage: 'Ver a página de status',
  way: { label: 'O caminho até este site', device: 'Seu aparelho', internet: 'Internet', site: 'Este site', fine: 'Tudo certo' },
  states: {
    unreachable: 'Sem resposta',
    broken: 'Interrompido',
    slow: 'Lento demais',
    busy: 'Muito ocupado',
    restarting: 'Reiniciando',
    maintenance: 'Manutenção',
    faulty: 'Erro',
  },
  requestId: 'Número da solicitação',
  time: 'Horário',
  status: 'Status',
  cause: 'Causa',
}
