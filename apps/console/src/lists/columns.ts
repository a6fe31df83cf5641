/** Which columns of a list somebody wants, kept in their browser: a list of names, nothing of what is in them. */
import type { Field, Resource } from '@meta/types'
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useSession } from '@/api/session'
import { columnsOf, index } from '@/engine/resources'

const HIDDEN_KINDS = new Set(['json', 'rows', 'group', 'password'])

export interface Columns {
  shown: ComputedRef<Field[]>
  choosable: ComputedRef<Field[]>
  isUsual: ComputedRef<boolean>
  toggle: (name: string) => void
  move: (name: string, by: 1 | -1) => void
  reset: () => void
}

export function useColumns(resource: Ref<Resource | undefined>): Columns {
  const session = useSession()
  const names = ref<string[] | null>(null)

  const place = computed((): string | null => {
    const key = resource.value?.key
    const me = key ? session.me[index[key]?.realm ?? 'tenants'] : null
    return key && me ? `cxg.columns.${me.id}.${key}` : null
  })

  watch(place, (where) => (names.value = where ? read(where) : null), { immediate: true })

  const choosable = computed(() => (resource.value?.show ?? []).filter((field) => !HIDDEN_KINDS.has(field.kind) && !field.isDetail))
  const usual = computed(() => (resource.value ? columnsOf(resource.value) : []))
  const shown = computed(() => {
    const wanted = (names.value ?? []).flatMap((name) => choosable.value.find((field) => field.name === name) ?? [])
    return wanted.length > 0 ? wanted : usual.value
  })

  function keep(next: string[] | null): void {
    names.value = next
    if (!place.value) return
    if (next) localStorage.setItem(place.value, JSON.stringify(next))
    else localStorage.removeItem(place.value)
  }

  function toggle(name: string): void {
    const now = shown.value.map((field) => field.name)
    const next = now.includes(name) ? now.filter((one) => one !== name) : [...now, name]
    // a table without columns shows nothing to choose them again by
    if (next.length > 0) keep(next)
  }

  function move(name: string, by: 1 | -1): void {
    const next = shown.value.map((field) => field.name)
    const [from, to] = [next.indexOf(name), next.indexOf(name) + by]
    if (from < 0 || to < 0 || to >= next.length) return
    next.splice(to, 0, ...next.splice(from, 1))
    keep(next)
  }

  return { shown, choosable, isUsual: computed(() => names.value === null), toggle, move, reset: () => keep(null) }
}

function read(where: string): string[] | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(where) ?? 'null')
    return Array.isArray(kept) && kept.every((name) => typeof name === 'string') ? kept : null
  } catch {
    return null
  }
}
