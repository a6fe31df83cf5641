/** Builds the console. `npm run dev` serves it on port 5173 and passes calls on to a running `cxg`. */
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import elementPlus from 'unplugin-element-plus/vite'
import { defineConfig } from 'vite'
import { metadata } from './meta/plugin.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
// the build script of the gateway works in a folder of its own and says where the document lies
const openapi = process.env.CONSOLE_OPENAPI ?? here('../../openapi.json')
const server = process.env.CONSOLE_API ?? 'http://127.0.0.1:8100'

export default defineConfig({
  base: '/frontend/',
  plugins: [vue(), elementPlus({}), metadata(openapi)],
  resolve: { alias: { '@': here('./src'), '@meta': here('./meta') } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: 'es2022',
    // the CSP knows no inline script, and img-src data: is only for the marks of Element Plus
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { port: 5173, proxy: { '/api': server, '/openapi.json': server } },
})
