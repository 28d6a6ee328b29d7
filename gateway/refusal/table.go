package refusal

import "net/http"

// row is what a code means to a client: the only place where a cause becomes a status and words.
type row struct {
	status int
	action string // for the visit's papers, where no station has said
	close  bool   // the rest of the request is not read
	say    [languages]text
}

// text is what a visitor reads: a title and one short paragraph.
type text struct{ title, body string }

var table = map[Code]row{
	Card: {http.StatusUnprocessableEntity, "block", false, [languages]text{
		english: {"A card number was not sent", "What you entered looks like the number of a payment card. To protect you it was not passed on to the shop and was not kept. Please go back, remove it and try again."},
		russian: {"Номер карты не был отправлен", "Введённый текст похож на номер платёжной карты. Чтобы защитить вас, мы не передали его магазину и не сохранили. Вернитесь назад, уберите номер и попробуйте ещё раз."},
		kazakh:  {"Карта нөмірі жіберілген жоқ", "Енгізілген мәтін төлем картасының нөміріне ұқсайды. Сізді қорғау үшін ол дүкенге берілмеді және сақталмады. Артқа қайтып, нөмірді алып тастап, қайта көріңіз."},
	}},
	BadRequest: {http.StatusBadRequest, "refuse", true, [languages]text{
		english: {"The request could not be read", "The request is malformed, so it was not passed on. Please go back and try again."},
		russian: {"Не удалось прочитать запрос", "Запрос составлен неверно и не был передан магазину. Вернитесь назад и попробуйте ещё раз."},
		kazakh:  {"Сұрауды оқу мүмкін болмады", "Сұрау дұрыс құрылмаған, сондықтан дүкенге берілмеді. Артқа қайтып, қайта көріңіз."},
	}},
	TooLarge: {http.StatusRequestEntityTooLarge, "refuse", true, [languages]text{
		english: {"Too much at once", "What you sent is larger than the shop accepts. Please send a smaller file or a shorter text."},
		russian: {"Слишком большой объём", "Отправленное больше, чем принимает магазин. Отправьте файл поменьше или текст покороче."},
		kazakh:  {"Көлемі тым үлкен", "Жіберілген нәрсе дүкен қабылдайтын көлемнен үлкен. Кішірек файл немесе қысқарақ мәтін жіберіңіз."},
	}},
	UnsupportedMedia: {http.StatusUnsupportedMediaType, "refuse", false, [languages]text{
		english: {"This format is not accepted", "What you sent is in a format that cannot be checked for card numbers, so it was not passed on. Please use another format."},
		russian: {"Этот формат не принимается", "Отправленное имеет формат, который нельзя проверить на номера карт, поэтому оно не было передано. Используйте другой формат."},
		kazakh:  {"Бұл пішім қабылданбайды", "Жіберілген нәрсенің пішімін карта нөмірлеріне тексеру мүмкін емес, сондықтан ол берілмеді. Басқа пішімді қолданыңыз."},
	}},
	HeaderTooLarge: {http.StatusRequestHeaderFieldsTooLarge, "refuse", true, [languages]text{
		english: {"The request is too long", "The address or the cookies sent with it are too long. Clearing this site's cookies usually helps."},
		russian: {"Запрос слишком длинный", "Адрес или файлы cookie слишком длинные. Обычно помогает очистка файлов cookie этого сайта."},
		kazakh:  {"Сұрау тым ұзын", "Мекенжай немесе cookie файлдары тым ұзын. Әдетте осы сайттың cookie файлдарын тазалау көмектеседі."},
	}},
	TooMany: {http.StatusTooManyRequests, "limit", false, [languages]text{
		english: {"Too many requests", "Many requests came from your address in a short time. Please wait a little and try again."},
		russian: {"Слишком много запросов", "С вашего адреса за короткое время пришло много запросов. Подождите немного и попробуйте ещё раз."},
		kazakh:  {"Сұраулар тым көп", "Сіздің мекенжайыңыздан қысқа уақытта көп сұрау келді. Сәл күтіп, қайта көріңіз."},
	}},
	Banned: {http.StatusForbidden, "limit", false, [languages]text{
		english: {"Access is closed", "Requests from your address are not accepted. If this is a mistake, please write to the shop."},
		russian: {"Доступ закрыт", "Запросы с вашего адреса не принимаются. Если это ошибка, напишите магазину."},
		kazakh:  {"Кіру жабық", "Сіздің мекенжайыңыздан келген сұраулар қабылданбайды. Бұл қате болса, дүкенге жазыңыз."},
	}},
	BadSignature: {http.StatusUnauthorized, "refuse", false, [languages]text{
		english: {"The signature is not valid", "This address takes signed notifications only."},
		russian: {"Подпись недействительна", "По этому адресу принимаются только подписанные уведомления."},
		kazakh:  {"Қолтаңба жарамсыз", "Бұл мекенжай қол қойылған хабарламаларды ғана қабылдайды."},
	}},
	Misdirected: {http.StatusMisdirectedRequest, "refuse", false, [languages]text{
		english: {"No such site here", "This server does not serve the site you asked for. Please check the address."},
		russian: {"Такого сайта здесь нет", "Этот сервер не обслуживает запрошенный сайт. Проверьте адрес."},
		kazakh:  {"Мұнда ондай сайт жоқ", "Бұл сервер сұралған сайтқа қызмет көрсетпейді. Мекенжайды тексеріңіз."},
	}},
	UnknownMethod: {http.StatusNotImplemented, "refuse", true, [languages]text{
		english: {"This method is not supported", "The request uses a method that the shop does not serve."},
		russian: {"Метод не поддерживается", "Запрос использует метод, который магазин не обслуживает."},
		kazakh:  {"Бұл әдіс қолданылмайды", "Сұрау дүкен қолдамайтын әдісті пайдаланады."},
	}},
	NoUpgrade: {http.StatusForbidden, "refuse", false, [languages]text{
		english: {"The connection cannot be upgraded", "Another protocol was asked for, and it is not allowed at this address."},
		russian: {"Соединение нельзя переключить", "Запрошен другой протокол, который по этому адресу не разрешён."},
		kazakh:  {"Қосылымды ауыстыру мүмкін емес", "Бұл мекенжайда рұқсат етілмеген басқа хаттама сұралды."},
	}},
	Timeout: {http.StatusRequestTimeout, "refuse", true, [languages]text{
		english: {"The request did not arrive in time", "The connection was too slow. Please try again."},
		russian: {"Запрос не пришёл вовремя", "Соединение было слишком медленным. Попробуйте ещё раз."},
		kazakh:  {"Сұрау уақытында келмеді", "Қосылым тым баяу болды. Қайта көріңіз."},
	}},
	Busy: {http.StatusServiceUnavailable, "refuse", false, [languages]text{
		english: {"The shop is busy", "There are more visitors than usual. Please wait a little and try again."},
		russian: {"Магазин перегружен", "Посетителей больше обычного. Подождите немного и попробуйте ещё раз."},
		kazakh:  {"Дүкен бос емес", "Келушілер әдеттегіден көп. Сәл күтіп, қайта көріңіз."},
	}},
	LogDown: {http.StatusServiceUnavailable, "refuse", false, [languages]text{
		english: {"This cannot be accepted right now", "What you sent needs a record that cannot be written at the moment, so it was not passed on. Please try again later."},
		russian: {"Сейчас это нельзя принять", "Для отправленного нужна запись в журнале, которую сейчас нельзя сделать, поэтому оно не было передано. Попробуйте позже."},
		kazakh:  {"Қазір бұны қабылдау мүмкін емес", "Жіберілген нәрсе журналға жазылуы керек, қазір ол мүмкін емес, сондықтан дүкенге берілмеді. Кейінірек көріңіз."},
	}},
	BadGateway: {http.StatusBadGateway, "refuse", false, [languages]text{
		english: {"The shop does not answer", "The shop's server cannot be reached or gave an answer that cannot be read. Please try again in a few minutes."},
		russian: {"Магазин не отвечает", "Сервер магазина недоступен или ответил неразборчиво. Попробуйте через несколько минут."},
		kazakh:  {"Дүкен жауап бермейді", "Дүкеннің серверіне қосылу мүмкін емес немесе оның жауабы түсініксіз. Бірнеше минуттан кейін қайта көріңіз."},
	}},
	GatewayTimeout: {http.StatusGatewayTimeout, "refuse", false, [languages]text{
		english: {"The shop takes too long", "The shop's server did not answer in time. If you placed an order, please check whether it went through before trying again."},
		russian: {"Магазин отвечает слишком долго", "Сервер магазина не ответил вовремя. Если вы оформляли заказ, сначала проверьте, не принят ли он."},
		kazakh:  {"Дүкен тым ұзақ жауап беріп жатыр", "Дүкен сервері уақытында жауап бермеді. Тапсырыс берген болсаңыз, қайталамас бұрын оның қабылданғанын тексеріңіз."},
	}},
	Internal: {http.StatusInternalServerError, "refuse", true, [languages]text{
		english: {"Something went wrong", "The request could not be handled, so it was not passed on. Please try again."},
		russian: {"Что-то пошло не так", "Запрос не удалось обработать, поэтому он не был передан. Попробуйте ещё раз."},
		kazakh:  {"Бірдеңе дұрыс болмады", "Сұрауды өңдеу мүмкін болмады, сондықтан ол берілмеді. Қайта көріңіз."},
	}},
}
