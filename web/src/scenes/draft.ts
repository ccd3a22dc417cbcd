/** A scene that is being edited, for a window beside the editor that shows it as it would be: kept by this browser alone. */
import type { Scene } from '@room/contract';

/** In the place of a scene's id. */
export const DRAFT = 'draft';
const KEY = 'scene-draft';

export function keepDraft(scene: Scene): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(scene));
  } catch {}
}

export function readDraft(): Scene | undefined {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return isScene(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** What an editor of this origin kept; while a number is typed its tile is left out. */
function isScene(found: unknown): found is Scene {
  return (
    typeof found === 'object' && found !== null && 'tiles' in found && Array.isArray(found.tiles) && 'name' in found
  );
}

/** Calls `changed` whenever the editor keeps another; returns the function that stops that. */
export function onDraft(changed: () => void): () => void {
  const hear = ({ key }: StorageEvent): void => {
    if (key === KEY) changed();
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}
