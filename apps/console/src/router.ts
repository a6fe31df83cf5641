/** Addresses: `/company/…` and `/manager/…` are the two sides, `/<side>/<domain>/<resource>` any resource of the document. */
import type { RealmCode } from '@meta/types'
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { index, reportIndex } from 'virtual:index'
import { useSession } from '@/api/session'
import SignIn from '@/pages/SignIn.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** Needs nobody signed in. */
    isOpen?: boolean
    /** Of the document: what is not in it has no page. */
    of?: 'list' | 'new' | 'row' | 'import' | 'report'
  }
}

export const realmOfPath = (path: string): RealmCode => (path.startsWith('/manager') ? 'manager' : 'tenants')

const key = (to: RouteLocationNormalized): string => `${realmOfPath(to.path)}.${String(to.params.domain)}.${String(to.params.name)}`
const side = (to: RouteLocationNormalized): { realm: RealmCode } => ({ realm: realmOfPath(to.path) })

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether the document has what an address names: a list, a form where rows are made, a page of a row, a report. */
function isThere(to: RouteLocationNormalized): boolean {
  const name = key(to)
  switch (to.meta.of) {
    case undefined:
      return true
    case 'report':
      return name in reportIndex
    case 'list':
      return name in index
    case 'new':
      return index[name]?.rights.create !== undefined
    case 'import':
      return index[name]?.rights.import !== undefined
    case 'row':
      return index[name]?.hasDetail === true && UUID.test(String(to.params.id))
  }
}

export const router = createRouter({
  history: createWebHistory('/frontend/'),
  routes: [
    { path: '/', redirect: '/company' },
    { path: '/:side(company|manager)/sign-in', component: SignIn, props: side, meta: { isOpen: true } },
    { path: '/:side(company|manager)/forgot', component: () => import('@/pages/ForgotPassword.vue'), props: side, meta: { isOpen: true } },
    { path: '/reset', component: () => import('@/pages/NewPassword.vue'), props: { isInvitation: false }, meta: { isOpen: true } },
    { path: '/invitation', component: () => import('@/pages/NewPassword.vue'), props: { isInvitation: true }, meta: { isOpen: true } },
    {
      path: '/:side(company|manager)',
      component: () => import('@/frame/PageFrame.vue'),
      props: side,
      children: [
        { path: '', component: () => import('@/pages/HomePage.vue'), props: side },
        { path: 'account', component: () => import('@/pages/AccountPage.vue'), props: side },
        { path: 'search', component: () => import('@/pages/SearchPage.vue'), props: side },
        { path: 'adm/settings', component: () => import('@/pages/SettingsPage.vue') },
        { path: ':domain/reports/:name', component: () => import('@/reports/ReportPage.vue'), props: (to) => ({ reportKey: key(to) }), meta: { of: 'report' } },
        { path: ':domain/:name', component: () => import('@/pages/ResourceList.vue'), props: (to) => ({ resourceKey: key(to) }), meta: { of: 'list' } },
        { path: ':domain/:name/new', component: () => import('@/pages/ResourceNew.vue'), props: (to) => ({ resourceKey: key(to) }), meta: { of: 'new' } },
        { path: ':domain/:name/import', component: () => import('@/pages/ImportPage.vue'), props: (to) => ({ resourceKey: key(to) }), meta: { of: 'import' } },
        { path: ':domain/:name/:id', component: () => import('@/pages/ResourceRow.vue'), props: (to) => ({ resourceKey: key(to), id: String(to.params.id) }), meta: { of: 'row' } },
        { path: ':rest(.*)*', name: 'nowhere', component: () => import('@/pages/NoPage.vue'), props: (to) => ({ home: `/${String(to.params.side)}` }) },
      ],
    },
    { path: '/:rest(.*)*', component: () => import('@/pages/NoPage.vue'), meta: { isOpen: true } },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.isOpen) return true
  const realm = realmOfPath(to.path)
  try {
    if (await useSession().restore(realm)) {
      if (isThere(to)) return true
      // the address stays as it was typed
      const [, side, ...rest] = to.path.split('/')
      return { name: 'nowhere', params: { side, rest }, query: to.query, replace: true }
    }
  } catch {
    // who it is cannot be asked now: the sign-in says why
  }
  const home = `/${String(to.params.side)}`
  return { path: `${home}/sign-in`, query: to.fullPath === home ? {} : { next: to.fullPath } }
})

// after an upgrade the files of the old page are gone: a page that cannot be loaded is fetched anew, once
router.onError((error: unknown, to) => {
  const again = `cxg.reloaded:${to.fullPath}`
  if (!(error instanceof TypeError) || sessionStorage.getItem(again)) return
  sessionStorage.setItem(again, '1')
  window.location.assign(`/frontend${to.fullPath}`)
})
