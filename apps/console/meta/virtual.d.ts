/** The modules that `plugin.ts` makes. */
declare module 'virtual:index' {
  import type { Catalogue, Index, RealmCode, Report, ReportEntry, Resource } from '@meta/types'
  export const index: Index
  export const domains: Record<string, () => Promise<{ default: Record<string, Resource> }>>
  export const reportIndex: Record<string, ReportEntry>
  export const reports: () => Promise<Record<string, Report>>
  export const rights: () => Promise<Record<RealmCode, Catalogue>>
}

declare module 'virtual:titles' {
  import type { Titles } from '@meta/types'
  export const titles: Titles
}
