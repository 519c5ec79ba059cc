import type { TokenType } from '../timeline/template-store.ts'
import type { CustomProperty } from './definition-store.ts'

// What HubSpot offers with `includeDefaultProperties`.
const TEXTS = [
  'hs_asset_description',
  'hs_asset_type',
  'hs_browser',
  'hs_campaign_id',
  'hs_city',
  'hs_country',
  'hs_device_name',
  'hs_device_type',
  'hs_element_class',
  'hs_element_id',
  'hs_element_text',
  'hs_language',
  'hs_link_href',
  'hs_operating_system',
  'hs_operating_version',
  'hs_page_content_type',
  'hs_page_id',
  'hs_page_title',
  'hs_page_url',
  'hs_parent_module_id',
  'hs_referrer',
  'hs_region',
  'hs_touchpoint_source',
  'hs_tracking_name',
  'hs_user_agent',
  'hs_utm_campaign',
  'hs_utm_content',
  'hs_utm_medium',
  'hs_utm_source',
  'hs_utm_term',
]
const NUMBERS = ['hs_screen_height', 'hs_screen_width']

/** The properties that HubSpot adds to a custom event when its definition asks for them. */
export function defaultProperties(now: Date): CustomProperty[] {
  return [...TEXTS.map((name) => property(name, 'string', now)), ...NUMBERS.map((name) => property(name, 'number', now))]
}

function property(name: string, type: TokenType, now: Date): CustomProperty {
  const words = name.replace('hs_', '').replaceAll('_', ' ')
  const label = words.charAt(0).toUpperCase() + words.slice(1)
  const rest = { options: [], objectPropertyName: undefined, createdAt: now, updatedAt: now }
  return { name, label, type, description: '', isDefault: true, ...rest }
}
