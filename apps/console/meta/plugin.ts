/**
 * Gives the console its metadata as modules: `virtual:index` and `virtual:titles` (in the first load) and `virtual:domain/<realm>.<domain>` (loaded with the
 * first page of a domain). They are made from openapi.json at each build, so they cannot be stale; nothing of it is committed.
 */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'
import { derive, type Derived } from './derive.ts'
import type { Document } from './document.ts'

const INDEX = 'virtual:index'
const TITLES = 'virtual:titles'
const DOMAIN = 'virtual:domain/'

export function metadata(file: string): Plugin {
  let derived: Derived | undefined
  const read = (): Derived => (derived ??= derive(JSON.parse(readFileSync(file, 'utf8')) as Document))
  return {
    name: 'cxg-metadata',
    resolveId: (id) => (id === INDEX || id === TITLES || id.startsWith(DOMAIN) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith('\0virtual:')) return undefined
      this.addWatchFile(file)
      const name = id.slice(1)
      if (name === INDEX) return indexModule(read())
      if (name === TITLES) return `export const titles = ${JSON.stringify(read().titles)}`
      if (name.startsWith(DOMAIN)) return domainModule(read(), name.slice(DOMAIN.length))
      return undefined
    },
    handleHotUpdate(context) {
      if (context.file === file) derived = undefined
    },
  }
}

function indexModule({ index, reportIndex }: Derived): string {
  const domains = [...new Set(Object.values(index).map((entry) => `${entry.realm}.${entry.domain}`))]
  const loads = domains.map((domain) => `${JSON.stringify(domain)}: () => import('${DOMAIN}${domain}')`)
  return [
    `export const index = ${JSON.stringify(index)}`,
    `export const reportIndex = ${JSON.stringify(reportIndex)}`,
    `export const reports = () => import('${DOMAIN}reports').then((loaded) => loaded.default)`,
    `export const domains = {${loads.join(', ')}}`,
    // some hundred rights, that only the page of a role needs
    `export const rights = () => import('${DOMAIN}rights').then((loaded) => loaded.default)`,
  ].join('\n')
}

function domainModule({ resources, reports, rights }: Derived, domain: string): string {
  if (domain === 'reports') return `export default ${JSON.stringify(reports)}`
  if (domain === 'rights') return `export default ${JSON.stringify(rights)}`
  const own = Object.entries(resources).filter(([key]) => key.startsWith(`${domain}.`))
  return `export default ${JSON.stringify(Object.fromEntries(own))}`
}
