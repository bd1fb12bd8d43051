// What the script of a page does, in the order in which its parts listen.
import './drafts.js';
import './menus.js';
import './keyboard.js';
import './times.js';
import './toasts.js';
import './dialogs.js';
import './forms.js';
import './clicks.js';
import './parts.js';
import './lists.js';
import './place.js';
import './charts.js';
import './live.js';
