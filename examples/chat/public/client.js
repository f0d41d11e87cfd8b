// The official browser client: the server's own copy when npm installed it, else the project's CDN.
const SOURCES = [
  { src: 'vendor/socket.io.min.js' },
  {
    src: 'https://cdn.socket.io/4.8.3/socket.io.min.js',
    integrity: 'sha384-kzavj5fiMwLKzzD1f8S7TeoVIEi7uKHvbTA3ueZkrzYq75pNQUiUi6Dy98Q3fxb0',
    crossOrigin: 'anonymous',
  },
];
const PATIENCE_MS = 6000;

function load(source) {
  return new Promise((resolve) => {
    const script = Object.assign(document.createElement('script'), source);
    const done = () => resolve(typeof window.io === 'function');
    script.onload = done;
    script.onerror = done;
    setTimeout(done, PATIENCE_MS);
    document.head.append(script);
  });
}

/** Resolves to the client's `io` function, or to null when no source has it. */
export async function loadClient() {
  for (const source of SOURCES) {
    if (await load(source)) return window.io;
  }
  return null;
}
