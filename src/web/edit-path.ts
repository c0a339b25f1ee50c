export const EDIT_PATH = '/bots/edit';

/** Where the form of a bot is. */
export function editPath(botId: string): string {
  return `${EDIT_PATH}?id=${encodeURIComponent(botId)}`;
}
