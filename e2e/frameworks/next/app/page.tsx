import { SessionButtons } from './session-buttons'

export default function Page() {
  return <SessionButtons />
}
