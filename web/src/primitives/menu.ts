export interface MenuItem {
  id: string;
  name: string;
  /** Language of its name, where it is not the page's. */
  lang?: string;
}

/** Items that belong together. */
export interface MenuGroup {
  id: string;
  name: string;
  /** The item that holds now; absent where items are done and not chosen. */
  chosen?: string;
  items: readonly MenuItem[];
}
