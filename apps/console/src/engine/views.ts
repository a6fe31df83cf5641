/** Pages of single resources beside the engine's: other views of a list, and what stands below a row. Loaded when they are looked at. */
import { defineAsyncComponent, type Component } from 'vue'

export interface View {
  /** Word of `list.*` in the messages, and of `?view=`. */
  name: 'tree' | 'board'
  component: Component
}

export const VIEWS: Record<string, View[]> = {
  'tenants.adm.departments': [{ name: 'tree', component: defineAsyncComponent(() => import('@/pages/DepartmentTree.vue')) }],
  'tenants.crm.opportunities': [{ name: 'board', component: defineAsyncComponent(() => import('@/crm/OpportunityBoard.vue')) }],
}

/** Gets the row as `row`. */
export const BELOW: Record<string, Component> = {
  'manager.tnnt.tenants': defineAsyncComponent(() => import('@/pages/OnboardingSteps.vue')),
  'tenants.crm.partners': defineAsyncComponent(() => import('@/crm/CustomerBalance.vue')),
  'tenants.crm.customers': defineAsyncComponent(() => import('@/crm/CustomerBelow.vue')),
}
