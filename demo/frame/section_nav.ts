/** Marks the section being read in the navigation, and keeps its link in sight where the list scrolls. */
export function followSections(): void {
  const list = document.querySelector<HTMLElement>("#sections ol")!;
  const links = new Map([...list.querySelectorAll("a")].map((link) => [link.hash.slice(1), link] as const));
  const visible = new Set<string>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) visible.add(target.id);
        else visible.delete(target.id);
      }
      const current = [...links.keys()].find((id) => visible.has(id));
      for (const [id, link] of links) {
        if (id === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      const link = current && links.get(current);
      if (link) list.scrollTo({ left: link.offsetLeft - list.offsetLeft - list.clientWidth / 3 });
      else if (scrollY < innerHeight) list.scrollTo({ left: 0 });
    },
    // The upper part of the window below the navigation: what is there is what is read.
    { rootMargin: "-15% 0px -50% 0px" },
  );
  for (const id of links.keys()) observer.observe(document.getElementById(id)!);
}
