/** The error page in Chinese, in simplified characters. */
import type { Wording } from '../wording.ts'

export const CHINESE: Wording = {
  language: 'zh-Hans',
  situations: {
    unreachable: { title: '暂时无法访问此网站', message: '网站的服务器没有响应，通常很快就会恢复。' },
    broken: { title: '此网站出了点问题', message: '网站的服务器中断了连接，或返回了无法使用的内容。' },
    slow: { title: '此网站响应太慢', message: '网站的服务器未能及时响应，可能正处于繁忙状态。' },
    busy: { title: '此网站目前非常繁忙', message: '当前的请求数量超出了它的处理能力。' },
    restarting: { title: '此网站正在重新启动', message: '很快就会恢复。' },
    faulty: { title: '此网站发生错误', message: '由于网站自身的故障，您的请求未能处理。' },
    'not-found': { title: '此页面不存在', message: '这个地址下没有内容。请检查地址是否有误，或从首页开始浏览。' },
    invalid: { title: '此请求无效', message: '浏览器或程序发送了网站无法处理的内容。请检查地址，或从首页开始浏览。' },
    'address-too-long': { title: '网址过长', message: '其长度超出了网站可接受的范围。请返回上一页，减少内容后重试。' },
    'header-too-large': {
      title: '浏览器附带的数据过多',
      message: '这通常是累积的 Cookie 造成的。请在浏览器设置中删除此网站的 Cookie，然后重新加载页面。',
    },
    'too-large': { title: '发送的内容过大', message: '网站无法一次接收这么多数据。请选择较小的文件，或分成几部分发送。' },
    'slow-client': { title: '您的请求未能及时送达', message: '网络连接太慢或已中断。请检查网络连接后重试。' },
    refused: { title: '不允许此类请求', message: '网站不接受这种请求。没有任何内容被更改。' },
  },
  innocent: '这不是您的问题：您的设备和网络都工作正常。',
  retrying: '本页面将在 {s} 秒后自动重试。',
  retryNow: '立即重试',
  home: '前往首页',
  mayRepeat: '您提交的内容可能已经处理。再次提交前请先确认，否则操作可能会重复，例如重复下单。',
  notDone: '您提交的内容没有被处理，可以放心地再次提交。',
  persists: '如果问题持续存在，请过几分钟再试，或将请求编号告知网站管理人员。',
  way: { label: '通往此网站的路径', device: '您的设备', internet: '互联网', site: '此网站', fine: '正常' },
  states: { unreachable: '无响应', broken: '已中断', slow: '太慢', busy: '繁忙', restarting: '正在重启', faulty: '错误' },
  requestId: '请求编号',
  time: '时间',
  status: '状态码',
  cause: '原因',
}
