/** What is told of scenes and walls. Throws `RequestFailed`. */
import type { KeptScene, KeptWall, Scene, WallGroup, WallOrder } from '@room/contract';
import { answerOf, telling } from './client.ts';

const post = async <T>(address: string, body: object): Promise<T> => (await answerOf(address, telling(body))) as T;
const ofScene = (id: string, step = ''): string => `/v1/scenes/${encodeURIComponent(id)}${step}`;
const ofWall = (id: string, step = ''): string => `/v1/walls/${encodeURIComponent(id)}${step}`;

export const wallsClient = {
  makeScene: (body: Scene) => post<KeptScene>('/v1/scenes', body),
  changeScene: (id: string, version: number, body: Scene) => post<KeptScene>(ofScene(id), { version, body }),
  removeScene: (id: string, version: number) => post<{ version: number }>(ofScene(id, '/remove'), { version }),
  undoScene: (id: string, version: number) => post<{ scene?: KeptScene }>(ofScene(id, '/undo'), { version }),
  makeWall: (body: WallGroup) => post<KeptWall>('/v1/walls', body),
  changeWall: (id: string, version: number, body: WallGroup) => post<KeptWall>(ofWall(id), { version, body }),
  removeWall: (id: string, version: number) => post<{ version: number }>(ofWall(id, '/remove'), { version }),
  undoWall: (id: string, version: number) => post<{ version: number }>(ofWall(id, '/undo'), { version }),
  order: (id: string, order: WallOrder) => post<KeptWall>(ofWall(id, '/order'), order),
};
