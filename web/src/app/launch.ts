// What the server wrote into the page when the CRM opened it, and messages back to the
// page that holds the frame.

interface Launch {
  code: string
  origin?: string
}

export type HostMessage = 'ready' | 'quote.saved' | 'quote.sent' | 'quote.accepted' | 'order.placed' | 'resize'

export function readLaunch(): Launch | undefined {
  const element = document.getElementById('launch')
  return element?.textContent ? (JSON.parse(element.textContent) as Launch) : undefined
}

const host = readLaunch()?.origin

/** Tells the page that holds the frame what happened; only the page that opened it. */
export function tellHost(type: HostMessage, payload: Record<string, unknown> = {}) {
  if (host && window.parent !== window) window.parent.postMessage({ v: 1, type: `quotewright.${type}`, payload }, host)
}

/** Keeps the host told how high the panel is, so that it can fit its frame. */
export function tellHeight(root: HTMLElement) {
  let last = 0
  new ResizeObserver(() => {
    const height = Math.ceil(root.getBoundingClientRect().height)
    if (height !== last) tellHost('resize', { height: (last = height) })
  }).observe(root)
}
