import { createApp } from "vue";
import "../look/ground.css";
import "../look/parts.css";
import "../look/guide.css";
import "../look/theme";
import Shop from "./Shop.vue";
import { router } from "./routes";
import { callTabs } from "./titles";

callTabs();
createApp(Shop).use(router).mount("#app");
