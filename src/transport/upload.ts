import type { Host } from './host.js';

/**
 * As `Host.fetch`, for what is large: tells how much has left. Only an XMLHttpRequest knows that; where there is none,
 * nothing is told.
 *
 * @param onProgress - Bytes that have left, and all there are.
 */
export function uploadFetch(host: Host, onProgress: (sent: number, total: number) => void): Host['fetch'] {
  const Request = host.XMLHttpRequest;
  if (!Request) return host.fetch;
  return (url, { method = 'POST', headers = {}, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = new Request();
      request.open(method, url);
      for (const [name, value] of Object.entries(headers as Record<string, string>))
        request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
      request.onload = () =>
        resolve(new Response(request.responseText, { status: request.status, headers: headersOf(request) }));
      request.onerror = () => reject(new TypeError('The upload got no answer.'));
      request.onabort = () => reject(new DOMException('The upload was given up.', 'AbortError'));
      signal?.addEventListener('abort', () => request.abort());
      request.send(body as XMLHttpRequestBodyInit);
    });
}

function headersOf(request: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split(/\r\n/)) {
    const [name = '', ...value] = line.split(':');
    if (name) headers.append(name, value.join(':').trim());
  }
  return headers;
}
