/**
 * Notes in the style of the page which part of it a person sees now. A frame as high as
 * its content is scrolled by the page that holds it: without this, a dialog or a
 * notification could open where nobody looks.
 */
export function noteSight() {
  const observer = new IntersectionObserver(([entry]) => {
    observer.disconnect()
    const seen = entry!.intersectionRect
    const style = document.documentElement.style
    style.setProperty('--sight-top', `${seen.height ? Math.max(0, seen.top) : 0}px`)
    style.setProperty('--sight-bottom', `${seen.height ? Math.max(0, window.innerHeight - seen.bottom) : 0}px`)
  })
  observer.observe(document.documentElement)
}
