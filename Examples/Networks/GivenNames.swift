/// Common given names of eight languages, written down for this package (a fact has no author); those that are common in two of
/// the languages in the same spelling are left out.
public let givenNames: [(language: String, names: String)] = [
  (
    "English",
    """
    William George Edward Charles Henry Harry Jack Oliver Archie Alfie Stanley Ashley Bradley Wesley Percy Rupert Nigel Trevor Howard \
    Gordon Graham Keith Kenneth Geoffrey Dudley Clifford Winston Emily Charlotte Heather Holly Daisy Poppy Lily Grace Hazel \
    Ruby Shirley Beverley Tracy Wendy Joyce Audrey Dorothy Hayley Kimberley Lindsey Harriet Florence Evelyn Kathleen
    """
  ),
  (
    "Finnish",
    """
    Juhani Mikko Matti Pekka Jukka Antti Timo Heikki Kari Jari Markku Esko Seppo Reijo Tapio Olavi Veikko Paavo Eero Ilkka Pentti \
    Risto Hannu Jorma Kimmo Sakari Tuomas Janne Ville Lauri Aino Helmi Aamu Kaisa Liisa Anneli Kaarina Päivi Sirpa Tuula Ritva \
    Pirkko Marjatta Hilkka Satu Tarja Riitta Kyllikki Leena Minna Outi Sanna
    """
  ),
  (
    "German",
    """
    Hans Jürgen Klaus Günther Wolfgang Dieter Heinz Uwe Horst Gerhard Helmut Manfred Siegfried Rainer Bernd Jörg Ulrich Dietrich \
    Friedrich Ludwig Karlheinz Gottfried Konrad Lothar Volker Detlef Ekkehard Reinhard Ursula Ingrid Renate Gisela Brigitte Gertrud \
    Hildegard Liselotte Waltraud Heike Sabine Ulrike Anke Dörte Elfriede Edeltraud Hannelore Irmgard Mechthild Roswitha Sieglinde \
    Gudrun Antje Silke
    """
  ),
  (
    "Greek",
    """
    Giorgos Dimitris Konstantinos Ioannis Nikolaos Panagiotis Vasilis Christos Athanasios Michalis Evangelos Spyros Stavros \
    Theodoros Apostolos Anastasios Stelios Kostas Manolis Charalampos Grigoris Petros Sotiris Aristidis Thanasis Lefteris Odysseas \
    Pavlos Ilias Eleni Katerina Vasiliki Sofoula Georgia Dimitra Kalliopi Evangelia Anastasia Panagiota Ioanna Angeliki Despina \
    Paraskevi Chrysoula Stavroula Theodora Aikaterini Foteini Styliani Evdokia Eftychia Chrysanthi
    """
  ),
  (
    "Italian",
    """
    Giuseppe Giovanni Antonio Mario Luigi Francesco Angelo Vincenzo Pietro Salvatore Carlo Franco Domenico Bruno Paolo Michele \
    Giorgio Aldo Sergio Luciano Lorenzo Matteo Alessandro Riccardo Gabriele Raffaele Umberto Massimo Fabrizio Maria Giuseppina \
    Giovanna Angela Lucia Carmela Caterina Francesca Antonietta Concetta Chiara Giulia Federica Beatrice Elisabetta Ludovica \
    Graziella Rosaria Donatella Raffaella Alessandra Patrizia Loredana
    """
  ),
  (
    "Japanese",
    """
    Hiroshi Takashi Kenji Kazuo Akira Makoto Yutaka Shigeru Minoru Isamu Kiyoshi Satoshi Tsutomu Yoshio Masao Haruto Sota Yuto \
    Hayato Ryota Daisuke Takuya Kenta Shinji Noboru Osamu Susumu Hideki Koji Tetsuya Yoko Keiko Kazuko Michiko Sachiko Yumiko Akiko \
    Fumiko Haruka Misaki Sakura Ayumi Natsumi Nanami Chiyoko Hanako Kumiko Mitsuko Setsuko Yukari Megumi Hitomi
    """
  ),
  (
    "Polish",
    """
    Stanisław Andrzej Krzysztof Jerzy Tadeusz Zbigniew Jarosław Mirosław Wojciech Grzegorz Paweł Łukasz Mateusz Bartosz Mariusz \
    Dariusz Sławomir Kazimierz Zdzisław Wiesław Czesław Ryszard Marcin Michał Jacek Zygmunt Bogusław Przemysław Agnieszka Małgorzata \
    Katarzyna Krystyna Jadwiga Elżbieta Grażyna Bożena Zofia Halina Danuta Beata Iwona Justyna Wiesława Stanisława Bronisława \
    Genowefa Joanna Aleksandra Ewelina Kinga Zuzanna Weronika
    """
  ),
  (
    "Turkish",
    """
    Mehmet Mustafa Ahmet Hüseyin İbrahim Yusuf Murat Ömer Ramazan Süleyman Abdullah Osman Halil Mahmut Recep Fatih Emre Burak Kemal \
    Orhan Cengiz Tuncay Volkan Serkan Hakan Yavuz İsmail Çağlar Oğuzhan Ertuğrul Fatma Ayşe Emine Hatice Zeynep Elif Meryem Şerife \
    Zehra Sultan Hanife Merve Özlem Yasemin Gülsüm Büşra Kübra Tuğba Şengül Aysel Nurgül Dilek
    """
  ),
]
