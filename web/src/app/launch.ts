// What the server wrote into the page when the CRM opened it, and messages back to the
// page that holds the frame.

interface Launch {
  code: string
  origin?: string
}

export function readLaunch(): Launch | undefined {
  const element = document.getElementById('launch')
  return element?.textContent ? (JSON.parse(element.textContent) as Launch) : undefined
}

const host = readLaunch()?.origin

/** Tells the page that holds the frame what happened; only the page that opened it. */
export function tellHost(type: string, payload: Record<string, unknown> = {}) {
  if (host && window.parent !== window) window.parent.postMessage({ v: 1, type: `quotewright.${type}`, payload }, host)
}
