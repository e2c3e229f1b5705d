"use strict";
// Draws each figure[data-kw-picture] with vis-network. Without this script the figure shows its SVG and its table.
(() => {
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const LARGEST = 1.25; // a small cluster must not be blown up

  /** @param {HTMLElement} figure @returns {(name: string) => string} the colour behind a name, as the theme has it */
  const tones = (figure) => {
    const style = getComputedStyle(figure);
    return (name) => style.getPropertyValue(`--kw-${name}`).trim();
  };

  const drawnNode = (node, tone) => ({
    ...node,
    color: node.border === "outside" ? { background: tone("paper"), border: node.color } : { background: node.color, border: node.border ? tone(node.border) : node.color },
    borderWidth: node.border && node.border !== "folded" ? 3 : 1,
    shapeProperties: { borderDashes: node.border === "outside" ? [3, 3] : false },
    font: { color: tone(node.border === "outside" ? "soft" : "ink"), strokeColor: tone("paper") },
  });

  const drawnEdges = (edge, place, tone) => {
    const colour = tone(edge.tone);
    const line = { ...edge, id: `e${place}`, color: { color: colour, hover: colour, highlight: tone("ink") }, width: edge.width + (edge.double ? 2.4 : 0) };
    if (!edge.double) return [line];
    const paper = tone("paper");
    const core = { id: `c${place}`, from: edge.from, to: edge.to, title: edge.title, width: Math.max(1.4, edge.width * 0.6), chosen: false };
    return [line, { ...core, color: { color: paper, hover: paper, highlight: paper } }];
  };

  const rings = (context, data, tone) => {
    context.strokeStyle = tone("bridge");
    context.lineWidth = 1.5;
    for (const node of data.nodes.filter((each) => each.ringed)) {
      context.beginPath();
      context.arc(node.x, node.y, node.size + 5, 0, 2 * Math.PI);
      context.stroke();
    }
  };

  const nearest = (nodes, from, [dx, dy]) => {
    let best = null;
    let least = Infinity;
    for (const node of nodes) {
      const ahead = (node.x - from.x) * dx + (node.y - from.y) * dy;
      const aside = Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx);
      if (ahead > 0 && ahead + 2 * aside < least) [best, least] = [node, ahead + 2 * aside];
    }
    return best;
  };

  const showAll = (network, stage, [left, top, right, bottom]) => {
    const room = stage.getBoundingClientRect();
    if (!room.width || !room.height) return; // not laid out yet; the observer calls again
    const scale = Math.min(room.width / (right - left), room.height / (bottom - top), LARGEST);
    network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale });
  };

  const draw = (figure) => {
    const stage = figure.querySelector(".kw-canvas");
    const said = figure.querySelector(".kw-said");
    const data = JSON.parse(figure.querySelector("[data-kw-data]").textContent);
    figure.classList.add("kw-drawn");
    const colours = () => {
      const tone = tones(figure);
      return { nodes: data.nodes.map((node) => drawnNode(node, tone)), edges: data.edges.flatMap((edge, place) => drawnEdges(edge, place, tone)) };
    };
    const network = new vis.Network(stage, colours(), data.options);
    const fit = () => showAll(network, stage, data.box);
    const say = (node) => { said.textContent = node ? node.title : ""; };
    const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor });
    const byId = new Map(data.nodes.map((node) => [node.id, node]));
    network.on("beforeDrawing", (context) => rings(context, data, tones(figure)));
    network.on("select", (event) => {
      const edge = /^[ce](\d+)$/.exec(event.edges[0] || "");
      say(byId.get(event.nodes[0]) || (edge ? data.edges[Number(edge[1])] : null));
    });
    const choose = (node) => { network.selectNodes([node.id]); say(node); };
    stage.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (ARROWS[event.key]) {
        const now = byId.get(network.getSelectedNodes()[0]);
        const next = now ? nearest(data.nodes, now, ARROWS[event.key]) : data.nodes[0];
        if (next) choose(next);
      } else if (event.key === "+" || event.key === "=") zoom(1.25);
      else if (event.key === "-") zoom(0.8);
      else if (event.key === "0") fit();
      else if (event.key === "Escape") { network.unselectAll(); say(null); }
      else return;
      event.preventDefault();
    });
    const buttons = figure.querySelector(".kw-zoom");
    buttons.hidden = false;
    buttons.addEventListener("click", (event) => {
      const wanted = event.target.closest("[data-kw-zoom]");
      if (wanted) ({ in: () => zoom(1.25), out: () => zoom(0.8), all: fit })[wanted.dataset.kwZoom]();
    });
    new ResizeObserver(() => { network.redraw(); fit(); }).observe(stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { network.setData(colours()); fit(); });
    fit();
  };

  for (const figure of document.querySelectorAll("[data-kw-picture]")) {
    if (!figure.querySelector("[data-kw-data]")) continue;
    try {
      draw(figure);
    } catch (error) {
      figure.classList.remove("kw-drawn"); // the SVG and the table still say everything
      console.error(error);
    }
  }
})();
