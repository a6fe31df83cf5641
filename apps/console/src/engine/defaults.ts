/** What a new form begins with: what the hints say, and what the address brings. */
import type { Resource } from '@meta/types'
import { today } from '@/api/clock'
import { useSession } from '@/api/session'
import { DOCUMENTS } from '@/hints/documents'
import { emptyForm, type Form } from './form'

let base: Promise<string> | null = null

function baseCurrency(): Promise<string> {
  const session = useSession()
  base ??= session
    .call<{ items: { code: string; is_base: boolean }[] }>('GET', '/api/v1/tenants/adm/currencies', { query: { page_size: 100, total: false } })
    .then((answer) => answer.data.items.find((one) => one.is_base)?.code ?? '')
    .catch(() => '')
  return base
}

export async function beginning(resource: Resource, query: Record<string, string>): Promise<Form> {
  const form = emptyForm(resource.create)
  for (const [name, value] of Object.entries(DOCUMENTS[resource.key]?.defaults ?? {})) {
    if (name in form) form[name] = value === 'today' ? today() : value === 'base-currency' ? await baseCurrency() : value
  }
  // a link may bring what is known already: the department above, the customer
  for (const [name, value] of Object.entries(query)) if (name in form) form[name] = value
  return form
}
