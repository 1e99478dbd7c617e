// The host page's side of the panel: post the signed launch into the frame, listen to
// messages of the panel's own origin and window, and to nothing else.
const service = new URL(JSON.parse(document.getElementById('service').textContent)).origin;
const frame = document.querySelector('iframe[name=quotewright]');
const messages = document.getElementById('messages');

window.addEventListener('message', (event) => {
  if (event.origin !== service || event.source !== frame.contentWindow) return;
  const { v, type, payload } = event.data ?? {};
  if (v !== 1) return;
  if (type === 'quotewright.resize') {
    const height = Number(payload?.height);
    if (height > 0) frame.style.height = `${Math.min(Math.max(height, 400), 4000)}px`;
    return;
  }
  const item = document.createElement('li');
  item.textContent = `${type} ${JSON.stringify(payload ?? {})}`;
  messages.prepend(item);
});

document.getElementById('launch-form').submit();
