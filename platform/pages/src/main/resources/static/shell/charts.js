import {dollars} from './money.js';

// A chart draws the table beside it: labels from the rows' first cells, values from cells with data-value.
function draw(canvas) {
  Chart.getChart(canvas)?.destroy();
  const table = document.getElementById(canvas.dataset.table);
  const rows = [...table.tBodies[0].rows];
  const style = getComputedStyle(document.documentElement);
  const colours = ['--good', '--second', '--third'].map(name => style.getPropertyValue(name));
  const columns = [...table.tHead.rows[0].cells].map((head, column) => ({head, column}))
    .filter(({column}) => rows.some(row => row.cells[column]?.dataset.value !== undefined));
  const grid = {color: style.getPropertyValue('--line')};
  const ticks = {color: style.getPropertyValue('--quiet')};
  const money = columns.some(({head}) => head.classList.contains('money'));
  const write = value => money ? `${value < 0 ? '−' : ''}${dollars.format(Math.abs(value))}` : value;
  new Chart(canvas, {
    type: canvas.dataset.chart,
    data: {
      labels: rows.map(row => row.cells[0].textContent.trim()),
      datasets: columns.map(({head, column}, number) => ({
        label: head.textContent.trim(),
        data: rows.map(row => Number(row.cells[column].dataset.value)),
        borderColor: colours[number], backgroundColor: colours[number], borderWidth: 2, pointRadius: 2, tension: .2,
      })),
    },
    options: {
      animation: false, maintainAspectRatio: false,
      scales: {x: {grid: {display: false}, ticks}, y: {grid, ticks: {...ticks, precision: 0, callback: write}, beginAtZero: true}},
      plugins: {
        legend: {display: columns.length > 1, labels: ticks},
        tooltip: {callbacks: {label: ({dataset, parsed}) => `${dataset.label}: ${write(parsed.y)}`}},
      },
    },
  });
}

function drawWithin(element) {
  element.querySelectorAll('canvas[data-chart]').forEach(draw);
}

drawWithin(document);
document.body.addEventListener('htmx:load', event => drawWithin(event.detail.elt));
const redraw = () => drawWithin(document);
document.addEventListener('theme', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
