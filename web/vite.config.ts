import { defaultClientConditions, defineConfig } from 'vite'

/** `vite build web` writes web/dist, which the server hands out at `/`; `vite web` proxies the API of a server on port 3000. */
export default defineConfig({
  // "source" resolves our own workspaces to their TypeScript.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    // Which script imports which: test/page-size.test.ts reads it.
    manifest: true,
    // The polyfill would be an inline script, which the page's content security policy refuses.
    modulePreload: { polyfill: false },
    // Plotly's basic bundle is 1.3 MB before compression and is loaded after the first paint.
    chunkSizeWarningLimit: 1_400,
    // The timings of plugins are of no use to a reader who only wants to see the page.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // The server takes changes from its own page alone.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:3000', headers: { origin: 'http://127.0.0.1:3000' } } } },
})
